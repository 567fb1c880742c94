//! An authoritative server of one zone, and what it replies. The zone has no escapes, and nobody looks at the names in
//! a reply: so these checks need no other exercise.

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_dns::authority::{Authority, Config, Zone};
use barewire_dns::stub::Protocol;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Edns, Message, Name, Rcode, Record, RecordType};

use crate::steps::{Failed, Steps, unexpected};

/// A server of the zone in this master file.
pub(super) fn server_of(zone: &str) -> Authority {
    let file = ZoneFile::parse(zone.as_bytes(), &Name::root());
    let mut server = Authority::new(Config::default());
    server.add(Zone::new(file.records, None).expect("a zone"));
    server
}

/// A question, and how it is asked.
pub(super) struct Asked {
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    /// The size that an OPT record says.
    pub(super) edns: Option<u16>,
    pub(super) tcp: bool,
}

/// A reply.
pub(super) struct Reply {
    message: Message,
    /// How many bytes it has.
    pub(super) length: usize,
}

/// What the server replies.
pub(super) fn answered(
    steps: &mut Steps,
    server: &Authority,
    asked: &Asked,
    rule: &'static str,
) -> Result<Reply, Failed> {
    let mut query = Message::query(0x3039, asked.name.clone(), asked.rtype);
    query.edns = asked.edns.map(Edns::new);
    let query = query.encode().map_err(|error| unexpected("writing the query", &error, rule))?;
    steps.datagram(ToServer, &query);
    let protocol = if asked.tcp { Protocol::Tcp } else { Protocol::Udp };
    let reply = server.answer(&query, protocol).next();
    let reply = reply.ok_or("none").map_err(|error| unexpected("its reply", &error, rule))?;
    steps.datagram(ToClient, &reply);
    let message = Message::parse(&reply).map_err(|error| unexpected("reading its reply", &error, rule))?;
    Ok(Reply { message, length: reply.len() })
}

impl Reply {
    /// `NOERROR aa, answer: DNAME CNAME, authority: -`
    pub(super) fn sections(&self) -> String {
        let types = |records: &[Record]| {
            let types: Vec<String> = records.iter().map(|record| record.rtype().name()).collect();
            if types.is_empty() { "-".to_owned() } else { types.join(" ") }
        };
        let Message { header, answers, authorities, .. } = &self.message;
        let aa = if header.aa { " aa" } else { "" };
        format!("{}{aa}, answer: {}, authority: {}", header.rcode, types(answers), types(authorities))
    }

    /// `records: 9, tc: no, additional: 18`
    pub(super) fn counts(&self) -> String {
        let Message { header, answers, additionals, .. } = &self.message;
        let mut said = format!("records: {}, tc: {}", answers.len(), if header.tc { "yes" } else { "no" });
        if header.rcode != Rcode::NOERROR {
            said += &format!(", {}", header.rcode);
        }
        if !additionals.is_empty() {
            said += &format!(", additional: {}", additionals.len());
        }
        said
    }
}
