//! What there is to say beside a packet.

use std::fmt;
use std::time::Duration;

use barewire_dissect::several;
use barewire_packet::checksum::Verdict;
use barewire_packet::ip::{IpHeader, header_verdict};
use barewire_tcp::observe;

use super::windows::Windows;

/// A note on a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What the capturing program said of it.
    Comment(String),
    /// What the end that was captured decides by after it: the capturing program says so.
    Windows(Windows),
    /// What can be read from its TCP header and those before it. It is a reading: what the sender had in mind is not on
    /// the wire.
    Tcp(observe::Note),
    /// Its UDP checksum is not right.
    Checksum(Verdict),
    /// The checksum of its IPv4 header is not right. Routers and receivers drop such a packet.
    HeaderChecksum(Verdict),
    /// The capture kept only the beginning of it.
    Cut {
        /// Bytes that were not captured.
        missing: usize,
    },
    /// It is one that was seen before, in another place. Nobody sent it twice.
    SeenAgain {
        /// The frame that showed it first.
        frame: u64,
        /// The interface where it was seen now, as Wireshark counts (frame.interface_id). None: the one where it was
        /// seen first, with other tags.
        interface: Option<u32>,
    },
    /// Its IP header says that it is longer than its frame. The bytes beyond the frame were never sent.
    BeyondTheFrame {
        /// How many there would be.
        bytes: usize,
    },
    /// A DNS query asks what was asked before, and not answered.
    AskedAgain {
        /// How long before.
        after: Duration,
    },
    /// A DNS reply answers no question that was seen: its ID is another.
    NoSuchQuestion {
        /// The ID.
        id: u16,
    },
    /// It completes a datagram that came in pieces.
    LastFragment,
    /// Its time is before that of the first frame. It is drawn at 0.
    BeforeTheFirst {
        /// How long before.
        by: Duration,
    },
}

impl Note {
    /// What a comment of the capturing program says. What its TCP decides by stands at the end, after other words.
    pub(super) fn of_comment(comment: &str) -> Vec<Note> {
        let (words, end) = comment.rsplit_once("; ").unwrap_or(("", comment));
        let Some(windows) = Windows::read(end) else { return vec![Note::Comment(comment.to_owned())] };
        let words = (!words.is_empty()).then(|| Note::Comment(words.to_owned()));
        words.into_iter().chain([Note::Windows(windows)]).collect()
    }

    /// What is wrong with the checksum of an IP header. Version 6 has none.
    pub(super) fn of_header(header: &IpHeader<'_>) -> Option<Note> {
        let IpHeader::V4(header) = header else { return None };
        match header_verdict(header) {
            Verdict::Correct => None,
            // A host that leaves it to its network card writes zero.
            _ if header.checksum == 0 => Some(Note::HeaderChecksum(Verdict::Unfinished)),
            wrong => Some(Note::HeaderChecksum(wrong)),
        }
    }

    /// Whether it is the capturing program's own word.
    pub fn is_comment(&self) -> bool {
        matches!(self, Note::Comment(_))
    }

    /// Whether it speaks of trouble on the way: a loss, a repetition, a reset.
    pub fn is_trouble(&self) -> bool {
        match self {
            Note::Tcp(note) => note.kind().is_trouble(),
            Note::AskedAgain { .. } | Note::NoSuchQuestion { .. } => true,
            _ => false,
        }
    }

    /// Whether it tells of a loss: the packet repeats another, or one before it is missing. Of what follows from a
    /// loss, such as a duplicate ACK, there is much more.
    pub fn tells_of_loss(&self) -> bool {
        let gap = matches!(self, Note::Tcp(note) if note.kind() == observe::NoteKind::Gap);
        gap || self.is_retransmission()
    }

    /// Whether it says that the packet repeats what was sent before.
    pub fn is_retransmission(&self) -> bool {
        matches!(self, Note::Tcp(observe::Note::Retransmission(_)) | Note::AskedAgain { .. })
    }

    /// Whether it says that a checksum was left for the network card.
    pub fn is_unfinished_checksum(&self) -> bool {
        self.verdict() == Some(Verdict::Unfinished)
    }

    /// Whether a ladder shows it. An unfinished checksum is explained once, in the legend; bytes that were not captured
    /// are counted once for the frame, and not again for the segment and the stream.
    pub fn is_worth_a_line(&self) -> bool {
        let cut = matches!(
            self,
            Note::Tcp(
                observe::Note::CutByCapture { .. }
                    | observe::Note::Gap { reason: observe::GapReason::CutByCapture, .. }
            )
        );
        !cut && !self.is_comment() && !self.is_unfinished_checksum() && !matches!(self, Note::Windows(_))
    }

    fn verdict(&self) -> Option<Verdict> {
        match self {
            Note::Checksum(verdict)
            | Note::HeaderChecksum(verdict)
            | Note::Tcp(observe::Note::Checksum(verdict)) => Some(*verdict),
            _ => None,
        }
    }

    /// The rule that it is about, where there is one.
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Note::Comment(_) | Note::Windows(_) | Note::Cut { .. } | Note::SeenAgain { .. } => None,
            Note::Tcp(note) => note.rule(),
            Note::Checksum(_) => Some("RFC 768"),
            Note::HeaderChecksum(_) => Some("RFC 791 §3.1"),
            Note::BeyondTheFrame { .. } => Some("RFC 791 §3.1, RFC 8200 §3"),
            Note::AskedAgain { .. } => Some("RFC 1035 §4.2.1"),
            Note::NoSuchQuestion { .. } => Some("RFC 5452 §9.1"),
            Note::LastFragment => Some("RFC 791 §3.2"),
            Note::BeforeTheFirst { .. } => None,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Comment(text) => f.write_str(text),
            Note::Windows(windows) => windows.fmt(f),
            Note::Tcp(note) => note.fmt(f),
            Note::HeaderChecksum(Verdict::Unfinished) => {
                f.write_str("IP header checksum 0: offloaded, not yet computed")
            }
            Note::HeaderChecksum(verdict) => write!(f, "IP header checksum {verdict}"),
            Note::Checksum(verdict) => write!(f, "checksum {verdict}"),
            Note::Cut { missing } => {
                let verb = if *missing == 1 { "was" } else { "were" };
                write!(f, "{} {verb} not captured", several(*missing as u64, "byte"))
            }
            Note::BeyondTheFrame { bytes } => {
                let bytes = several(*bytes as u64, "byte");
                write!(f, "the IP header says {bytes} more than the frame has")
            }
            Note::SeenAgain { frame, interface: Some(interface) } => {
                write!(f, "frame {frame}, seen again on interface {interface}")
            }
            Note::SeenAgain { frame, interface: None } => {
                write!(f, "frame {frame}, seen again with another link header")
            }
            Note::AskedAgain { after } => write!(f, "asked again after {} ms", after.as_millis()),
            Note::NoSuchQuestion { id } => {
                write!(f, "its ID 0x{id:04x} is not that of a question here; a client ignores it")
            }
            Note::LastFragment => f.write_str("the last fragment of its datagram"),
            Note::BeforeTheFirst { by } => {
                write!(f, "captured {:.1} ms before the first frame", by.as_secs_f64() * 1000.0)
            }
        }
    }
}
