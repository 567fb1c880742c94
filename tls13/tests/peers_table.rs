//! What `peers.md` says the servers of eight projects send is what their captures show, and the table of what each can
//! do is what the captures have. `BAREWIRE_PEERS_TABLE=bless` writes the part that is drawn from them anew.

#[path = "common/streams.rs"]
mod streams;

use barewire_dissect::Direction;
use barewire_tls13::extensions::{Extension, extension_name};
use barewire_tls13::handshake::{HandshakeType, Message};
use barewire_tls13::observe::{Facts, Inner, Observer, Seen};
use barewire_tls13::record::ContentType;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers.md");

/// How the page calls a server, and how its captures begin.
const SERVERS: [(&str, &str); 8] = [
    ("OpenSSL s_server", "openssl"),
    ("GnuTLS gnutls-serv", "gnutls"),
    ("nginx", "nginx"),
    ("NSS selfserv", "nss"),
    ("lighttpd with wolfSSL", "wolfssl"),
    ("Go", "go"),
    ("node 24", "node"),
    ("tlslite-ng", "tlslite"),
];

/// A connection of a capture.
struct Connection {
    resumed: bool,
    retried: bool,
    /// Whether early data was taken, if some was offered.
    early: Option<bool>,
    seen: Vec<Seen>,
}

impl Connection {
    fn of((observer, seen): (Observer, Vec<Seen>)) -> Connection {
        let facts = || seen.iter().flat_map(|seen| &seen.messages).map(|message| &message.facts);
        let offered = facts().any(|facts| matches!(facts, Facts::ClientHello(offer) if offer.early_data));
        let taken = facts().any(|facts| matches!(facts, Facts::EncryptedExtensions { early_data: true, .. }));
        Connection {
            resumed: observer.choice().unwrap().resumed.is_some(),
            retried: facts().any(|facts| matches!(facts, Facts::ServerHello(choice) if choice.is_retry)),
            early: offered.then_some(taken),
            seen,
        }
    }

    fn kind(&self) -> String {
        let early = match self.early {
            Some(true) => ", 0-RTT taken",
            Some(false) => ", 0-RTT refused",
            None => "",
        };
        format!("{}{early}", if self.resumed { "resumed" } else { "full" })
    }

    fn of_server(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| seen.direction == Direction::ToClient)
    }

    fn messages(&self, kind: HandshakeType) -> Vec<&[u8]> {
        let all = self.of_server().flat_map(|seen| &seen.messages);
        all.filter(|message| message.kind == kind).map(|message| &message.bytes[..]).collect()
    }

    /// The server's records up to its Finished.
    fn flight(&self) -> String {
        let server: Vec<&Seen> = self.of_server().collect();
        let last =
            server.iter().position(|seen| seen.messages.iter().any(|m| m.name() == "Finished")).unwrap();
        let goes_on = |at: usize| server.get(at + 1).is_some_and(|next| next.continues > 0);
        let records: Vec<String> = (0..=last).map(|at| of_record(server[at], goes_on(at))).collect();
        records.join(" | ")
    }

    /// Its tickets, and how it ends.
    fn after(&self) -> String {
        let mut says = self.tickets().unwrap_or_else(|| "no ticket".to_owned());
        if self.of_server().all(|seen| seen.alert.is_none()) {
            says.push_str("; no close_notify");
        }
        says
    }

    fn tickets(&self) -> Option<String> {
        let tickets = self.messages(HandshakeType::NEW_SESSION_TICKET);
        let Message::NewSessionTicket(ticket) = Message::parse(tickets.first()?).unwrap() else {
            return None;
        };
        let early = ticket.extensions.iter().find_map(|extension| match extension {
            Extension::MaxEarlyData(bytes) => Some(format!(", early data {bytes}")),
            _ => None,
        });
        let lengths = tickets.iter().map(|bytes| bytes.len());
        let (least, most) = (lengths.clone().min()?, lengths.max()?);
        let length = if least == most { format!("{most}") } else { format!("{least} to {most}") };
        let has = |seen: &Seen, kind| seen.messages.iter().any(|message| message.kind == kind);
        let is_ticket = |seen: &&Seen| has(seen, HandshakeType::NEW_SESSION_TICKET);
        let from_client = |seen: &Seen| seen.direction == Direction::ToServer;
        let finished =
            self.seen.iter().position(|seen| from_client(seen) && has(seen, HandshakeType::FINISHED));
        let before = self.seen.iter().position(|seen| is_ticket(&seen)) < finished;
        Some(format!(
            "{} in {}{}: {length} bytes, {} s{}",
            count(tickets.len(), "ticket"),
            count(self.of_server().filter(is_ticket).count(), "record"),
            if before { ", before the client's Finished" } else { "" },
            ticket.lifetime,
            early.unwrap_or_default()
        ))
    }

    fn extensions(&self, kind: HandshakeType) -> String {
        let bytes = *self.messages(kind).last().unwrap();
        let extensions = match Message::parse(bytes).unwrap() {
            Message::ServerHello(message) => message.extensions,
            Message::EncryptedExtensions(message) => message.extensions,
            other => panic!("{other:?}"),
        };
        let names: Vec<String> = extensions.iter().map(|extension| extension_name(extension.id())).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The messages that a record completes; dots where it ends inside one.
fn of_record(seen: &Seen, goes_on: bool) -> String {
    if seen.content_type == Some(ContentType::CHANGE_CIPHER_SPEC) {
        return "CCS".to_owned();
    }
    let mut words: Vec<&str> = seen
        .messages
        .iter()
        .map(|message| match message.name() {
            "HelloRetryRequest" => "HRR",
            "ServerHello" => "SH",
            "EncryptedExtensions" => "EE",
            "CertificateRequest" => "CR",
            "Certificate" => "C",
            "CertificateVerify" => "CV",
            "Finished" => "F",
            other => panic!("{other}"),
        })
        .collect();
    if goes_on {
        words.push("…");
    }
    let padding = matches!(seen.inner, Inner::Opened { padding: 1.., .. });
    format!("{}{}", words.join(" "), if padding { " 0" } else { "" })
}

fn connections(file: &str) -> Vec<Connection> {
    streams::observe(&streams::capture(&format!("servers/{file}"))).into_iter().map(Connection::of).collect()
}

/// The captures of a server.
fn files(prefix: &str) -> Vec<String> {
    let names = streams::captures()
        .into_iter()
        .filter_map(|(name, _)| Some(name.strip_prefix("servers/")?.to_owned()));
    names.filter(|name| name.split('_').next() == Some(prefix)).collect()
}

/// The part of the page that is drawn.
fn drawn() -> String {
    let mut out = String::new();
    for file in SERVERS.iter().flat_map(|(_, prefix)| files(prefix)) {
        let connections = connections(&file);
        out.push_str(&format!("{file}\n"));
        for one in &connections {
            out.push_str(&format!("  {:<24} {}\n", one.kind(), one.flight()));
            out.push_str(&format!("  {:<24} {}\n", "", one.after()));
        }
        let last = connections.last().unwrap();
        out.push_str(&format!("  in SH: {}\n", last.extensions(HandshakeType::SERVER_HELLO)));
        out.push_str(&format!("  in EE: {}\n", last.extensions(HandshakeType::ENCRYPTED_EXTENSIONS)));
    }
    out
}

#[test]
fn what_the_servers_send_is_what_the_page_says() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once("<!-- drawn -->\n```text\n").unwrap();
    let (part, after) = rest.split_once("```\n").unwrap();
    let drawn = drawn();
    if std::env::var_os("BAREWIRE_PEERS_TABLE").is_some_and(|value| value == "bless") {
        std::fs::write(PAGE, format!("{before}<!-- drawn -->\n```text\n{drawn}```\n{after}")).unwrap();
        return;
    }
    assert!(part == drawn, "BAREWIRE_PEERS_TABLE=bless writes this into the page:\n{drawn}");
}

/// A cell says yes where a capture of the server has such a connection.
#[test]
fn what_the_servers_can_do_is_what_the_captures_have() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let readme = std::fs::read_to_string(streams::folder().join("servers/README.md")).unwrap();
    for (name, prefix) in SERVERS {
        let row = page.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap();
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let versions: Vec<&str> = cells[2].split(", ").collect();
        assert!(versions.iter().all(|version| readme.contains(version)), "{row}");
        let all: Vec<Connection> = files(prefix).iter().flat_map(|file| connections(file)).collect();
        let has = |what: &dyn Fn(&Connection) -> bool| if all.iter().any(what) { "yes" } else { "no" };
        let wanted = [
            has(&|one| !one.resumed),
            has(&|one| one.resumed),
            has(&|one| one.retried && one.resumed),
            has(&|one| one.early == Some(true)),
        ];
        assert_eq!(cells[3..7], wanted, "{name}");
    }
}
