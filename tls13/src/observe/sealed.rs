//! Why a record cannot be read. A kind to be matched on; its `Display` form is the sentence for people.

use std::fmt;

use barewire_dissect::Refused;

use crate::epoch::Epoch;
use crate::reason::{Reason, bytes_in_words};
use crate::record::version_name;
use crate::suite::suite_name;

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed {
    /// Nobody gave the observer a key log.
    NoKeyLog,
    /// The key log has other connections, or not all secrets of this one.
    NotInKeyLog {
        /// The label of the secret that is missing.
        label: &'static str,
    },
    /// The ClientHello was not seen. Its random names the connection in a key log.
    NoClientHello,
    /// No ServerHello was seen, which names version and suite.
    NoServerHello,
    /// Neither hello was seen: the capture starts in the middle of the connection.
    MidConnection,
    /// The server chose a suite of TLS 1.3 that this crate cannot open.
    UnknownSuite(u16),
    /// The server chose this version: TLS 1.2 or older, which this crate does not open.
    OlderVersion(u16),
    /// A ClientHello in the form of SSL 2.0 (RFC 5246 §E.2), by which old clients asked for a newer version.
    Ssl2Hello,
    /// The tag does not fit: another key, a record that is missing, or bytes that were changed.
    BadTag {
        /// The keys.
        epoch: Epoch,
        /// The number of the record under them.
        sequence: u64,
    },
    /// It opened, and what is inside breaks a rule of RFC 8446 §5.4.
    BadContent {
        /// The number of the record under its keys.
        sequence: u64,
        /// How many bytes are inside when they are too many; 0 when all of them are zeros.
        length: usize,
    },
    /// Bytes of the stream are missing. From here on the direction is not followed.
    Gap {
        /// The first byte that is missing, as an offset into the stream.
        from: u64,
        /// The first byte that is there again.
        to: u64,
    },
    /// What stands here is not a record. From here on the direction is not followed.
    NotTls(Refused<Reason>),
}

impl Sealed {
    /// Whether the direction is given up: no later record of it is told.
    pub fn is_end(&self) -> bool {
        matches!(self, Sealed::Gap { .. } | Sealed::NotTls(_))
    }

    /// What to call bytes that are not a whole record.
    pub(super) fn name_of_bytes(&self) -> &'static str {
        match self {
            Sealed::Ssl2Hello => "ClientHello in the form of SSL 2.0",
            _ => "part of a record",
        }
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sealed::NoKeyLog => f.write_str("encrypted, and there is no key log"),
            Sealed::NotInKeyLog { label } => write!(f, "the key log has no {label} for this connection"),
            Sealed::NoClientHello => {
                f.write_str("the ClientHello was not seen, so its secrets cannot be found in the key log")
            }
            Sealed::NoServerHello => f.write_str("encrypted before a ServerHello was seen"),
            Sealed::MidConnection => f.write_str("TLS, from the middle of a connection"),
            Sealed::UnknownSuite(id) => write!(f, "encrypted with {}, not opened here", suite_name(*id)),
            Sealed::OlderVersion(version) => write!(f, "encrypted by {}, not read further", short(*version)),
            Sealed::Ssl2Hello => f.write_str("a ClientHello in the form of SSL 2.0, not read further"),
            Sealed::BadTag { epoch, sequence } => write!(
                f,
                "record {sequence} under the {epoch} does not open, for its tag does not fit: another key, a record \
                 missing, or changed bytes"
            ),
            Sealed::BadContent { sequence, length: 0 } => write!(f, "record {sequence} holds only zeros"),
            Sealed::BadContent { sequence, length } => {
                write!(f, "record {sequence} holds {}, 16,385 is the most", bytes_in_words(*length))
            }
            Sealed::Gap { from, to } => write!(f, "bytes {from} to {to} of the stream were not captured"),
            Sealed::NotTls(refused) => refused.fmt(f),
        }
    }
}

/// `TLS 1.2`, without its number where it has a name.
pub(super) fn short(version: u16) -> String {
    let name = version_name(&version);
    name.split_once(" (").map_or(name.clone(), |(name, _)| name.to_owned())
}
