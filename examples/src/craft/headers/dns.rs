//! The header of a DNS message (RFC 1035 §4.1.1), and one question after it (RFC 1035 §4.1.2).

use crate::craft::header::{Field, Form, Header, Rule, Tail};

pub(super) static DNS: Header = Header {
    name: "dns",
    also: &[],
    title: "DNS (RFC 1035 §4.1.1)",
    length: 12,
    fields: &[
        Field::number("id", 0, 16, "echoed by the server").shown(Form::Hex).by(Rule::Is(0)),
        Field::number("qr", 16, 1, "0: query, 1: response"),
        Field::number("opcode", 17, 4, "0: a question"),
        Field::number("aa", 21, 1, "the answer is authoritative"),
        Field::number("tc", 22, 1, "the message was cut"),
        Field::number("rd", 23, 1, "recursion desired").by(Rule::Is(1)),
        Field::number("ra", 24, 1, "recursion available"),
        Field::number("z", 25, 1, "reserved"),
        Field::number("ad", 26, 1, "authentic data (RFC 4035 §3)"),
        Field::number("cd", 27, 1, "checking disabled (RFC 4035 §3)"),
        Field::number("rcode", 28, 4, "0: no error"),
        Field::number("qdcount", 32, 16, "how many questions follow").by(Rule::Questions),
        Field::number("ancount", 48, 16, "how many answers follow"),
        Field::number("nscount", 64, 16, "how many authority records follow"),
        Field::number("arcount", 80, 16, "how many additional records follow"),
        Field::tail("qname", 0, Form::Name, "the name that is asked for"),
        Field::tail("qtype", 16, Form::RecordType, "the type of record: A").by(Rule::Is(1)),
        Field::tail("qclass", 16, Form::Number, "1: the Internet").by(Rule::Is(1)),
    ],
    tail: Tail::Question,
    ethertype: None,
    protocol: None,
};
