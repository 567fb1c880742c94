//! tshark, which other people wrote, as the judge of what `read --json` says: the same frames, conversations,
//! directions, numbers, HTTP heads and DNS names.

#![allow(dead_code)] // each test file uses its own part

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The fields that tshark is asked for, in the order of [`Frame`].
const FIELDS: [&str; 20] = [
    "frame.number",
    "tcp.stream",
    "udp.stream",
    "tcp.srcport",
    "udp.srcport",
    "ip.src",
    "ipv6.src",
    "tcp.flags.syn",
    "tcp.flags.ack",
    "tcp.seq",
    "tcp.ack",
    "tcp.len",
    "tcp.window_size",
    "dns.flags.response",
    "dns.qry.name",
    "http.request.method",
    "http.request.uri",
    "http.response.code",
    "icmp.type",
    "icmpv6.type",
];

/// What tshark says of one frame. A field that occurs more than once has its values apart by `|`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame(HashMap<&'static str, String>);

impl Frame {
    fn text(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// The first value of a field.
    fn number(&self, field: &str) -> Option<u64> {
        self.text(field).split('|').next()?.parse().ok()
    }

    /// `tcp` or `udp`, and the number of the stream. An ICMP message that quotes a packet is not part of its
    /// conversation.
    fn stream(&self) -> Option<(&'static str, u64)> {
        if !self.text("icmp.type").is_empty() || !self.text("icmpv6.type").is_empty() {
            return None;
        }
        let tcp = self.number("tcp.stream").map(|number| ("tcp", number));
        tcp.or(self.number("udp.stream").map(|number| ("udp", number)))
    }

    /// Address and port of the sender.
    fn sender(&self) -> String {
        let first = |field| self.text(field).split('|').next().unwrap_or_default();
        let v6 = first("ipv6.src");
        let address = if v6.is_empty() { first("ip.src").to_owned() } else { format!("[{v6}]") };
        let port = [first("tcp.srcport"), first("udp.srcport")].concat();
        format!("{address}:{port}")
    }
}

/// tshark's reading of a file, frame by frame.
pub(crate) fn frames(file: &Path) -> Vec<Frame> {
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(file);
    // As here: bytes that come out of order are put in order, and a head is told where it ends, not where its body
    // ends.
    command.args(["-o", "tcp.reassemble_out_of_order:TRUE", "-o", "http.desegment_body:FALSE"]);
    command.args(["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]);
    FIELDS.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    let output = command.output().expect("tshark runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    let cut = complaint.contains("cut short");
    assert!(output.status.success() || cut, "{}: {complaint}", file.display());
    let line = |line: &str| {
        let cells = line.split('\t').map(str::to_owned);
        Frame(FIELDS.iter().copied().zip(cells).filter(|(_, cell)| !cell.is_empty()).collect())
    };
    String::from_utf8_lossy(&output.stdout).lines().map(line).collect()
}

/// Something that is not the same in both.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    /// Whether it is about an HTTP head or a DNS name; else it is about frames, conversations and numbers.
    pub(crate) is_head: bool,
    pub(crate) text: String,
}

/// What differs between what the objects of `read --json` say and what tshark says.
pub(crate) fn differences(objects: &[Value], theirs: &[Frame]) -> Vec<Difference> {
    let mut found = Differences::default();
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
    let rows: HashMap<u64, &Value> =
        of_kind("row").filter_map(|row| Some((row["frame"].as_u64()?, row))).collect();
    let clients = clients(theirs);
    for frame in theirs {
        let Some(number) = frame.number("frame.number") else { continue };
        match rows.get(&number) {
            Some(row) => found.frame(number, row, frame, &clients),
            None if frame.stream().is_some() => {
                found.add(false, format!("frame {number}: no row here, {:?} in tshark", frame.stream()));
            }
            None => {}
        }
    }
    found.conversations(&of_kind("conversation").collect::<Vec<_>>(), theirs);
    found.0
}

/// Who is the client of each stream: the sender of the SYN, or of the DNS query. None where nothing tells.
fn clients(theirs: &[Frame]) -> HashMap<(&'static str, u64), String> {
    let mut clients = HashMap::new();
    let mut others: HashMap<(&'static str, u64), Vec<String>> = HashMap::new();
    for frame in theirs {
        let Some(stream) = frame.stream() else { continue };
        let senders = others.entry(stream).or_default();
        if !senders.contains(&frame.sender()) {
            senders.push(frame.sender());
        }
        let opens = frame.number("tcp.flags.syn") == Some(1) && frame.number("tcp.flags.ack") == Some(0);
        let asks = stream.0 == "udp" && frame.number("dns.flags.response") == Some(0);
        if opens || asks {
            clients.entry(stream).or_insert(frame.sender());
        }
    }
    clients
}

/// What was found.
#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn add(&mut self, is_head: bool, text: String) {
        self.0.push(Difference { is_head, text });
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, frame: u64, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            self.add(false, format!("frame {frame}: {what}: {ours:?} here, {theirs:?} in tshark"));
        }
    }

    fn same_head(&mut self, frame: u64, what: &str, ours: &str, theirs: &str) {
        if ours != theirs {
            self.add(true, format!("frame {frame}: {what}: {ours:?} here, {theirs:?} in tshark"));
        }
    }

    fn frame(&mut self, number: u64, row: &Value, frame: &Frame, clients: &HashMap<(&str, u64), String>) {
        let ours = row["transport"].as_str().zip(row["stream"].as_u64());
        self.same(number, "stream", ours, frame.stream());
        let Some(stream) = frame.stream().filter(|stream| ours == Some(*stream)) else { return };
        if let Some(client) = clients.get(&stream) {
            self.same(number, "to_server", row["to_server"].as_bool(), Some(*client == frame.sender()));
        }
        if stream.0 == "tcp" {
            for (key, field) in [("seq", "tcp.seq"), ("ack", "tcp.ack"), ("window", "tcp.window_size")] {
                self.same(number, field, row["tcp"][key].as_u64(), frame.number(field));
            }
            self.same(number, "tcp.len", row["payload"].as_u64(), frame.number("tcp.len"));
        }
        self.heads(number, row, frame);
    }

    /// HTTP heads, and the names of DNS queries.
    fn heads(&mut self, number: u64, row: &Value, frame: &Frame) {
        let none = Vec::new();
        let messages = row["messages"].as_array().unwrap_or(&none);
        let texts = |pick: &dyn Fn(&Value) -> Option<String>| {
            messages.iter().filter_map(pick).collect::<Vec<_>>().join("|")
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        self.same_head(
            number,
            "method",
            &texts(&|m| text(&m["request"]["method"])),
            frame.text("http.request.method"),
        );
        self.same_head(
            number,
            "target",
            &texts(&|m| text(&m["request"]["target"])),
            frame.text("http.request.uri"),
        );
        let status = texts(&|m| m["status"].as_u64().map(|status| status.to_string()));
        self.same_head(number, "status", &status, frame.text("http.response.code"));
        let name = |message: &Value| {
            let says = message["says"].as_str().filter(|_| message["layer"] == "DNS")?;
            let (kind, name) = says.split_once("? ")?;
            kind.chars()
                .all(char::is_alphanumeric)
                .then(|| name.split(' ').next().unwrap_or_default().to_owned())
        };
        let queries = frame.text("dns.flags.response").split('|').filter(|flag| *flag == "0").count();
        if queries > 0 {
            self.same_head(number, "dns.qry.name", &texts(&name), frame.text("dns.qry.name"));
        }
    }

    /// The conversations: their numbers, their ends, and how many frames each end sent.
    fn conversations(&mut self, ours: &[&Value], theirs: &[Frame]) {
        let mut counts: HashMap<(String, u64), HashMap<String, u64>> = HashMap::new();
        for frame in theirs {
            if let Some((transport, stream)) = frame.stream() {
                let count = counts.entry((transport.to_owned(), stream)).or_default();
                *count.entry(frame.sender()).or_default() += 1;
            }
        }
        for conversation in ours {
            let transport = conversation["transport"].as_str().unwrap_or_default().to_owned();
            let stream = conversation["stream"].as_u64().unwrap_or(u64::MAX);
            let theirs = counts.remove(&(transport.clone(), stream)).unwrap_or_default();
            let mut here: HashMap<String, u64> = HashMap::new();
            for (end, index) in [("client", 0), ("server", 1)] {
                let frames = conversation["frames"][index].as_u64().unwrap_or(0);
                if frames > 0 {
                    here.insert(conversation[end].as_str().unwrap_or_default().to_owned(), frames);
                }
            }
            if here != theirs {
                self.add(false, format!("{transport} {stream}: {here:?} here, {theirs:?} in tshark"));
            }
        }
        for (stream, ends) in counts {
            self.add(false, format!("{stream:?}: not there here, {ends:?} in tshark"));
        }
    }
}
