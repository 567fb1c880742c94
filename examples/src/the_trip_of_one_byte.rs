//! The trip of one byte: from the wire to the page, every stop in order.
//!
//! A byte of the page `https://www.example.test/` arrives. It is wrapped four times, and each layer takes off its own
//! wrapping. Follow the links: each leads to the code that does it.
//!
//! ```text
//!   ┌─ IP header ─┬─ TCP header ─┬─ TLS record header ─┬─ head ─┬─ the byte ─┬─ tag ─┐
//!   └─────────────┴──────────────┴─────────────────────┴────────┴────────────┴───────┘
//! ```
//!
//! # On the wire
//!
//! 1. The packet comes out of a [`Link`](../../barewire_packet/link/trait.Link.html): a
//!    [raw socket](../../barewire_packet/link/raw/index.html), or a wire of a [simulated
//!    internet](../../barewire_internet/index.html). A link carries whole IP packets and knows nothing of what is in
//!    them.
//!
//! # IP
//!
//! 2. [`IpPacket::parse`](../../barewire_packet/ip/struct.IpPacket.html#method.parse) reads the header: how long is the
//!    packet, from whom, for whom, and which protocol is inside. The length says where the payload ends (RFC 791 §3.1).
//! 3. The [checksum](../../barewire_packet/checksum/index.html) says whether a byte was changed on the way (RFC 1071).
//!
//! # TCP
//!
//! 4. [`Segment::parse`](../../barewire_tcp/segment/struct.Segment.html#method.parse) reads ports, numbers, flags and
//!    options (RFC 9293 §3.1).
//! 5. [`Host::receive`](../../barewire_tcp/host/struct.Host.html#method.receive) finds the connection by addresses and
//!    ports.
//! 6. [SEGMENT ARRIVES](../../barewire_tcp/arrives/index.html) takes the segment through the steps of RFC 9293 §3.10.7:
//!    is its number in the window, does its ACK say something new, does it carry text?
//! 7. [Reassembly](../../barewire_tcp/reassembly/index.html) puts the byte in its place in the stream. If one before it
//!    is missing, it waits.
//! 8. [`TcpStream`](../../barewire_tcp/driver/struct.TcpStream.html) hands it to its reader.
//!
//! # TLS
//!
//! 9. [`Client::receive`](../../barewire_tls13/client/struct.Client.html#method.receive) takes the bytes until a
//!    [record](../../barewire_tls13/record/index.html) is whole (RFC 8446 §5.1).
//! 10. The record is opened with the keys from the [key schedule](../../barewire_tls13/key_schedule/index.html). The
//!     tag at its end proves that nobody changed it (RFC 8446 §5.2).
//! 11. The [`Session`](../fetch/struct.Session.html) moves what was inside from TLS to HTTP.
//!
//! # HTTP
//!
//! 12. [`Connection::receive`](../../barewire_http1/client/struct.Connection.html#method.receive) reads the
//!     [head](../../barewire_http1/head/index.html) of the response up to the empty line (RFC 9112 §2.1).
//! 13. [Framing](../../barewire_http1/struct.Framing.html) decides where the body ends, and by which rule (RFC 9112
//!     §6.3).
//! 14. The byte is content: [an event](../../barewire_http1/client/enum.Event.html) says so, and
//!     [`fetch`](../fetch/fn.fetch.html) writes it to the body.
//!
//! # And back
//!
//! Every packet on this way was noted in a [`Trace`](../trace/struct.Trace.html). The
//! [`story`](../story/index.html) reads it, and the same parsers run once more, this time to show you the byte under
//! its name: `barewire --bytes`.
//!
//! The links are tested by `.ci/links.py`.
