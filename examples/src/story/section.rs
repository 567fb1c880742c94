//! One buffer, dissected: an IP packet, the message in it, a record that the key log opened.

use barewire_dissect::{InWords, Lesson, Refused, Tree, record};
use barewire_dns::Message;
use barewire_http1::{Config, Role, head};
use barewire_packet::frame;
use barewire_tls13::observe::Seen;

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
    pub stopped: Option<Refused<InWords>>,
}

impl Section {
    /// A frame: the header of its link, where it has one, and the packet in it.
    pub fn frame(link_type: u16, bytes: &[u8]) -> Vec<Section> {
        let (opened, tree) = frame::dissect(link_type, bytes);
        let (head, packet) = bytes.split_at(opened.offset.min(bytes.len()));
        let title = format!("{} frame", frame::name_of(link_type).unwrap_or("unknown"));
        let link = (!head.is_empty()).then(|| Section { title, bytes: head.to_vec(), tree, stopped: None });
        let packet = (!packet.is_empty()).then(|| Section::ip(packet));
        link.into_iter().chain(packet).collect()
    }

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
        let (result, tree) = barewire_tls13::dissect(bytes);
        Section::new("TLS records", bytes, tree, result.err().as_ref())
    }

    /// A TLS record that an observer told, as it was on the wire.
    pub fn record(seen: &Seen) -> Section {
        let (result, tree) = seen.dissect();
        Section::new("TLS records", &seen.bytes, tree, result.err().as_ref())
    }

    /// What a TLS record held, once opened.
    pub fn opened(seen: &Seen) -> Section {
        let content = seen.content().zip(seen.opened_tree());
        let Some(((content_type, bytes), (result, tree))) = content else { return Section::record(seen) };
        let section = Section::new("TLS record", bytes, tree, result.err().as_ref());
        Section { title: format!("TLS record, opened: {}", content_type.name()), ..section }
    }

    /// An HTTP message.
    pub fn http(role: Role, bytes: &[u8]) -> Section {
        let (result, tree) = barewire_http1::dissect(role, bytes);
        Section::new("HTTP message", bytes, tree, result.err().as_ref())
    }

    /// The head of an HTTP message, without its body.
    pub fn http_head(role: Role, bytes: &[u8]) -> Section {
        let config = Config::default();
        let (result, tree) = record(bytes, || match role {
            Role::Request => head::read_request(bytes, &config).err(),
            Role::Response => head::read_response(bytes, &config).err(),
        });
        Section::new("HTTP head", bytes, tree, result.as_ref())
    }

    fn new<E: Lesson>(title: &'static str, bytes: &[u8], tree: Tree, error: Option<&E>) -> Section {
        let stopped = error.map(|error| Refused::in_words(title, error));
        Section { title: title.to_owned(), bytes: bytes.to_vec(), tree, stopped }
    }
}
