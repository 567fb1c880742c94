//! What a diagnosis finds. Its `Display` form is the sentence for people.

use std::fmt;

use super::slips::Slip;
use crate::ledger::schedule::{Mark, Name};
use crate::suite::Suite;

/// The first input that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The suite.
    Suite {
        /// The suite that we used.
        ours: Suite,
        /// The peer's.
        theirs: Suite,
    },
    /// A message of the transcript.
    Message {
        /// Its number in the transcript, from 1.
        number: usize,
        /// What we hashed there.
        ours: &'static str,
        /// What the peer hashed there.
        theirs: &'static str,
        /// The first byte that differs.
        offset: usize,
    },
    /// The transcript from which a secret or MAC was made.
    Transcript {
        /// The secret, or that of the MAC's key.
        made: Name,
        /// What the peer hashed in place of ours, if one of the usual slips explains it.
        slip: Option<Slip>,
    },
    /// A secret.
    Secret {
        /// The secret that differs.
        name: Name,
        /// Or the transcript up to this message: a key log does not tell the two apart.
        or_transcript: Option<Mark>,
    },
    /// The label of a secret: another secret from the same inputs is the same.
    Label {
        /// Which secret.
        name: Name,
    },
    /// The peer used another secret.
    OtherSecret {
        /// The one that we used.
        ours: Name,
        /// The one that fits.
        theirs: Name,
    },
    /// The sequence number.
    Sequence {
        /// The number that we used.
        ours: u64,
        /// The one that fits.
        theirs: u64,
    },
    /// How the nonce is made.
    Nonce(NonceSlip),
    /// The header of the record, which is authenticated.
    Header,
    /// Every input is the same: bytes of the record were changed.
    Bytes,
    /// It cannot be known from this side.
    Unknown {
        /// What would make it so.
        could_be: Vec<String>,
    },
}

/// A nonce that is not the IV XOR the sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonceSlip {
    /// The number at the wrong end of the IV.
    LeftAligned,
    /// The number with its lowest byte first.
    LittleEndian,
    /// The number in place of the last bytes of the IV.
    NotXored,
}

impl fmt::Display for NonceSlip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NonceSlip::LeftAligned => {
                "the sequence number XORed to the first bytes of the IV, and not to the last"
            }
            NonceSlip::LittleEndian => "the sequence number with its lowest byte first",
            NonceSlip::NotXored => {
                "the sequence number in place of the last bytes of the IV, and not XORed to them"
            }
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Suite { ours, theirs } => {
                write!(f, "the suite differs: ours is {}, the peer's {}", ours.name(), theirs.name())
            }
            Finding::Message { number, ours, theirs, offset } if ours == theirs => {
                write!(f, "message {number} of the transcript, {ours}, differs from byte {offset} on")
            }
            Finding::Message { number, ours, theirs, .. } => {
                write!(f, "message {number} of the transcript differs: we hashed {ours}, the peer {theirs}")
            }
            Finding::Transcript { made, slip: Some(slip) } => {
                write!(f, "the transcript for the {made} differs: the peer hashed {slip}")
            }
            Finding::Transcript { made, slip: None } => write!(
                f,
                "the transcript for the {made} differs: the secret before it is the same on both sides, and no usual \
                 slip explains what the peer hashed"
            ),
            Finding::Secret { name, or_transcript: None } => write!(f, "the {name} differs"),
            Finding::Secret { name, or_transcript: Some(mark) } => write!(
                f,
                "the {name} differs, or the transcript up to the {mark}: what the peer's key log holds does not tell \
                 which, and no usual slip of the transcript explains it"
            ),
            Finding::Label { name } => write!(
                f,
                "the label of the {name} differs, or the key log was changed: another secret that has the same inputs \
                 is the same on both sides"
            ),
            Finding::OtherSecret { ours, theirs } => {
                write!(f, "another secret: we used the {ours}, and the {theirs} fits")
            }
            Finding::Sequence { ours, theirs: 0 } => write!(
                f,
                "the sequence number differs: we used {ours}, and 0 fits, so the count began anew, or the peer \
                used the IV alone as nonce"
            ),
            Finding::Sequence { ours, theirs } => write!(
                f,
                "the sequence number differs: we used {ours}, and {theirs} fits, so records were lost, repeated or \
                 not counted"
            ),
            Finding::Nonce(slip) => write!(f, "the nonce differs: the peer used {slip}"),
            Finding::Header => f.write_str(
                "the header of the record differs: it opens with the type 23 and the version 0x0303, so one of the two \
                 was changed",
            ),
            Finding::Bytes => f.write_str(
                "suite, secret, key, nonce and sequence number are the peer's, so bytes of the record were changed",
            ),
            Finding::Unknown { could_be } => write!(
                f,
                "from this side it cannot be known. What would make it so: {}. The peer's key log or ledger would \
                 tell",
                could_be.join("; ")
            ),
        }
    }
}
