//! One buffer, dissected: an IP packet, the message in it, a record that the key log opened.

use barewire_dissect::{Lesson, Tree, record};
use barewire_dns::Message;
use barewire_http1::{Limits, Role, head};
use barewire_tls13::record::ContentType;

/// Bytes with the fields that were read from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What the bytes are.
    pub title: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The fields.
    pub tree: Tree,
    /// Why reading stopped, if it did.
    pub broken: Option<Broken>,
}

/// Where reading stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The byte.
    pub offset: usize,
    /// The rule.
    pub rule: &'static str,
    /// The sentence.
    pub message: String,
}

impl Broken {
    fn from(lesson: &dyn Lesson) -> Broken {
        Broken { offset: lesson.offset(), rule: lesson.rule(), message: lesson.to_string() }
    }
}

impl Section {
    /// An IP packet, with the TCP or UDP header in it.
    pub fn ip(bytes: &[u8]) -> Section {
        let (result, tree) = barewire_tcp::packet::dissect(bytes);
        Section::new("IP packet", bytes, tree, result.err().as_ref())
    }

    /// A DNS message.
    pub fn dns(bytes: &[u8]) -> Section {
        let (result, tree) = record(bytes, || Message::parse(bytes));
        Section::new("DNS message", bytes, tree, result.err().as_ref())
    }

    /// TLS records as they are on the wire.
    pub fn tls(bytes: &[u8]) -> Section {
        let (result, tree) = record(bytes, || barewire_tls13::dissect_records(bytes));
        Section::new("TLS records", bytes, tree, result.err().as_ref())
    }

    /// What a TLS record held, once opened.
    pub fn opened(content_type: ContentType, bytes: &[u8]) -> Section {
        let (result, tree) = record(bytes, || barewire_tls13::dissect_plaintext(content_type, bytes));
        let title = format!("TLS record, opened: {}", content_type.name());
        Section::new(&title, bytes, tree, result.err().as_ref())
    }

    /// An HTTP message.
    pub fn http(role: Role, bytes: &[u8]) -> Section {
        let (result, tree) = record(bytes, || barewire_http1::dissect_message(role, bytes));
        Section::new("HTTP message", bytes, tree, result.err().as_ref())
    }

    /// The head of an HTTP message, without its body.
    pub fn http_head(role: Role, bytes: &[u8]) -> Section {
        let limits = Limits::default();
        let (result, tree) = record(bytes, || match role {
            Role::Request => head::read_request(bytes, &limits).err(),
            Role::Response => head::read_response(bytes, &limits).err(),
        });
        Section::new("HTTP head", bytes, tree, result.as_ref())
    }

    fn new<E: Lesson>(title: &str, bytes: &[u8], tree: Tree, error: Option<&E>) -> Section {
        let broken = error.map(|error| Broken::from(error));
        Section { title: title.to_owned(), bytes: bytes.to_vec(), tree, broken }
    }
}
