//! `unbound.txt`, read: the questions with unbound's replies, and the queries that it made for them.

use std::fmt;
use std::net::IpAddr;

use barewire_dns::{Class, Name, Question, Rcode, Record, RecordType};

/// A question, and all that was recorded of it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Why it is asked.
    pub(crate) why: String,
    pub(crate) question: Question,
    /// CD: the client asked not to check.
    pub(crate) cd: bool,
    pub(crate) rcode: Rcode,
    /// Whether unbound set AD.
    pub(crate) ad: bool,
    /// The codes of the extended errors (RFC 8914).
    pub(crate) errors: Vec<u16>,
    /// With the signatures, because the question had DO.
    pub(crate) answers: Vec<Record>,
    pub(crate) authorities: Vec<Record>,
    /// To the servers, in order.
    pub(crate) queries: Vec<Query>,
    /// How many of these went out before the client had its reply.
    pub(crate) before_reply: usize,
}

/// A query to a server of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) server: IpAddr,
    pub(crate) protocol: String,
    pub(crate) name: Name,
    pub(crate) rtype: RecordType,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Query { server, protocol, name, rtype } = self;
        write!(f, "{server} {protocol} {} {rtype}", name.with_dot())
    }
}

/// All cases, in the order of the file.
pub(crate) fn cases() -> Vec<Case> {
    include_str!("unbound.txt")
        .split("\n\n")
        .filter(|block| block.contains("\nquestion "))
        .map(case)
        .collect()
}

fn case(block: &str) -> Case {
    let mut case = Case {
        why: String::new(),
        question: question(&[".", "A"]),
        cd: false,
        rcode: Rcode::NOERROR,
        ad: false,
        errors: Vec::new(),
        answers: Vec::new(),
        authorities: Vec::new(),
        queries: Vec::new(),
        before_reply: 0,
    };
    for line in block.lines() {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split(' ').collect();
        match what {
            ";" => case.why = rest.to_owned(),
            "question" => (case.question, case.cd) = (question(&words), words.contains(&"+cd")),
            "status" => {
                (case.rcode, case.ad) = (Rcode::from_name(words[0]).expect(line), words.contains(&"ad"))
            }
            "ede" => case.errors.push(words[0].parse().expect(line)),
            "answer" => case.answers.push(record(rest)),
            "authority" => case.authorities.push(record(rest)),
            "query" => case.queries.push(query(&words)),
            "answered" => case.before_reply = case.queries.len(),
            _ => panic!("{line}"),
        }
    }
    case
}

fn question(words: &[&str]) -> Question {
    Question { name: name(words[0]), rtype: rtype(words[1]), class: Class::IN }
}

fn query(words: &[&str]) -> Query {
    Query {
        server: words[0].parse().unwrap(),
        protocol: words[1].to_owned(),
        name: name(words[2]),
        rtype: rtype(words[3]),
    }
}

fn record(text: &str) -> Record {
    Record::parse_text(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn rtype(text: &str) -> RecordType {
    RecordType::from_name(text).unwrap()
}
