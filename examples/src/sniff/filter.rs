//! Which frames a sniffer shows: the filter language of tcpdump (pcap-filter), as far as it is spoken here.
//!
//! ```text
//!   filter     = term *( ( "and" / "or" ) term )          one after the other, left to right
//!   term       = [ "not" ] ( primitive / "(" filter ")" )
//!   primitive  = [ protocol ] [ "src" / "dst" ] [ "host" / "net" / "port" / "portrange" ] value
//!              / protocol                                 ip ip6 arp tcp udp icmp icmp6 sctp
//!              / flag / "flags" letters                   syn ack fin rst psh urg; flags S.
//!              / content                                  dns tls http
//!              / "proto" number / "vlan" [ number ] / "less" bytes / "greater" bytes
//!              / "inbound" / "outbound"
//! ```
//!
//! `and` and `or` bind equally, as in tcpdump: `a or b and c` is `(a or b) and c`. A value without a word before it
//! repeats the words of the value before: `port 80 or 443`.
//!
//! Where it differs from tcpdump: a frame is parsed as a capture is, through VLAN tags, MPLS labels, PPP and the
//! extension headers of IPv6. A test of what a frame does not have is false, and `not` makes it true; in tcpdump a look
//! beyond the end of a frame refuses the frame. `dns`, `tls` and `http` are found in the bytes, whatever the port, by
//! the [story](crate::story): they choose the packets that carry something of that protocol, as in Wireshark.
//!
//! Left out: names of hosts, `ether`, `gateway`, `broadcast`, and bytes by offset (`tcp[13]`).
//!
//! Tested in `tests/sniff/filter.rs`, and against tcpdump and tshark in `tests/sniff/judged.rs`.

mod expression;
mod headers;
mod parser;
mod unreadable;
mod values;
mod words;

pub use expression::{Content, Contents, Ends, Expression, Primitive};
pub use headers::Headers;
pub use unreadable::{Reason, Unreadable};

/// A filter that was read. The empty one takes every frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter(Option<Expression>);

impl Filter {
    /// Reads a filter as it is typed.
    ///
    /// # Errors
    /// [`Unreadable`]: which word, and what is expected in its place.
    pub fn parse(text: &str) -> Result<Filter, Unreadable> {
        parser::parse(text).map(Filter)
    }

    /// Whether it takes this frame. `contents` is what the story found in it.
    pub fn takes(&self, headers: &Headers, contents: Contents) -> bool {
        self.0.as_ref().is_none_or(|expression| expression.holds(headers, contents))
    }

    /// What it tests; `None`: nothing.
    pub fn expression(&self) -> Option<&Expression> {
        self.0.as_ref()
    }

    /// Whether it asks for what only the story knows.
    pub fn asks_for_content(&self) -> bool {
        self.any(|primitive| matches!(primitive, Primitive::Content(_)))
    }

    /// Whether it may take some frames of a conversation and leave others. The story then needs all of them: the
    /// numbers of a RST count from the SYN.
    pub fn splits_conversations(&self) -> bool {
        self.any(Primitive::splits_conversations)
    }

    fn any(&self, wanted: impl Fn(&Primitive) -> bool) -> bool {
        self.0.as_ref().is_some_and(|expression| expression.any(&wanted))
    }
}
