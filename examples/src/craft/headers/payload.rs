//! Bytes that are not a header: `raw("text")`, `hex(00ff)`, `zeros(100)`.

use crate::craft::header::{Field, Form, Header, Tail};

const fn bytes(name: &'static str, title: &'static str, fields: &'static [Field]) -> Header {
    Header { name, also: &[], title, length: 0, fields, tail: Tail::Bytes, ethertype: None, protocol: None }
}

pub(super) static RAW: Header = bytes(
    "raw",
    "bytes, as text",
    &[Field::tail("load", 0, Form::Text, "raw(\"GET / HTTP/1.0\\r\\n\\r\\n\")")],
);

pub(super) static HEX: Header = bytes(
    "hex",
    "bytes, in hexadecimal digits",
    &[Field::tail("load", 0, Form::Bytes, "hex(00ff), hex(00 ff), hex(00:ff)")],
);

pub(super) static ZEROS: Header =
    bytes("zeros", "bytes of zero", &[Field::tail("load", 16, Form::Zeros, "zeros(1000): so many")]);
