//! What a connection can end with: an [`Error`] says what was seen, at which byte, which rule it breaks, and which
//! alert answers it. Tested in `tests/hostile.rs` and `tests/certificates.rs`.

use std::fmt;

use barewire_dissect::{Lesson, Refused, count};

use crate::alert::{Alert, AlertDescription};
use crate::certificate::CertificateError;
use crate::epoch::Epoch;
use crate::handshake::{MAX_MESSAGE, TooLong};
use crate::protect::{OpenFailure, TAG};
use crate::reason::{Reason, bytes_in_words};
use crate::record::version_name;
use crate::suite::Suite;

/// What a connection can end with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A message, or the header of a record, does not follow its syntax.
    Decode {
        /// What was seen. Its offset counts from the first byte of the message; that of a record's header counts from
        /// the start of the peer's stream.
        refused: Refused<Reason>,
        /// Where the record that the message ends in starts in the peer's stream, in bytes. `None` for a header.
        record: Option<usize>,
    },
    /// A message is well-formed, but breaks a rule.
    Violation(Violation),
    /// The server does not speak TLS 1.3.
    ProtocolVersion(ProtocolVersion),
    /// The certificate is not acceptable.
    Certificate(CertificateError),
    /// A record could not be opened.
    Decrypt(DecryptError),
    /// The peer gave up, and its alert says why.
    AlertReceived(Alert),
    /// The stream ended without close_notify.
    Truncated {
        /// How many bytes came from the peer in all.
        offset: usize,
        /// How many of them belong to a record that is not whole.
        partial: usize,
        /// Whether the handshake was done.
        handshake_done: bool,
    },
    /// The configuration cannot work; nothing was sent.
    Config(String),
    /// The system gave no random numbers, or a key could not be used.
    Random,
    /// Data cannot be written: the handshake is not done, or this side has closed.
    NotWritable(&'static str),
}

/// A well-formed message that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What was seen, and what was expected.
    pub says: String,
    /// The rule.
    pub rule: &'static str,
    /// The alert that answers it.
    pub alert: AlertDescription,
    /// Where the record that holds it starts in the peer's stream, in bytes.
    pub offset: usize,
}

/// A server without TLS 1.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolVersion {
    /// The version that its ServerHello chose; `None` if it refused with an alert.
    pub offered: Option<u16>,
    /// Whether its random ends in the mark by which a server says that it knows a newer version (RFC 8446 §4.1.3).
    pub downgrade_mark: bool,
    /// Where the record that holds it starts in the peer's stream, in bytes.
    pub offset: usize,
}

/// A record that could not be opened, with what its key and nonce were made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecryptError {
    /// What was wrong.
    pub failure: OpenFailure,
    /// Which keys were in use.
    pub epoch: Epoch,
    /// The number of the record under them.
    pub sequence: u64,
    /// The suite.
    pub suite: Suite,
    /// The length of the encrypted fragment, in bytes.
    pub length: usize,
    /// Where the record starts in the peer's stream, in bytes.
    pub offset: usize,
}

impl Error {
    pub(crate) fn violation(alert: AlertDescription, rule: &'static str, says: impl Into<String>) -> Error {
        Error::Violation(Violation { says: says.into(), rule, alert, offset: 0 })
    }

    pub(crate) fn unexpected(rule: &'static str, says: impl Into<String>) -> Error {
        Error::violation(AlertDescription::UNEXPECTED_MESSAGE, rule, says)
    }

    pub(crate) fn illegal(rule: &'static str, says: impl Into<String>) -> Error {
        Error::violation(AlertDescription::ILLEGAL_PARAMETER, rule, says)
    }

    /// The same error with its place: where its record starts in the peer's stream.
    pub(crate) fn in_record_at(mut self, at: usize) -> Error {
        match &mut self {
            Error::Violation(Violation { offset, .. })
            | Error::ProtocolVersion(ProtocolVersion { offset, .. })
            | Error::Decrypt(DecryptError { offset, .. }) => *offset = at,
            Error::Decode { record, .. } => *record = Some(at),
            _ => {}
        }
        self
    }

    /// The alert that this side sends for it (RFC 8446 §6.2), if any.
    pub fn alert(&self) -> Option<AlertDescription> {
        match self {
            Error::Decode { refused, .. } => Some(alert_for(&refused.reason)),
            Error::Violation(violation) => Some(violation.alert),
            Error::ProtocolVersion(ProtocolVersion { offered: None, .. }) => None,
            // The server knows that a newer version was possible: somebody changed our offer (RFC 8446 §4.1.3).
            Error::ProtocolVersion(ProtocolVersion { downgrade_mark: true, .. }) => {
                Some(AlertDescription::ILLEGAL_PARAMETER)
            }
            Error::ProtocolVersion(_) => Some(AlertDescription::PROTOCOL_VERSION),
            Error::Certificate(error) => Some(error.alert()),
            Error::Decrypt(error) => Some(match error.failure {
                OpenFailure::Tag => AlertDescription::BAD_RECORD_MAC,
                OpenFailure::NoType => AlertDescription::UNEXPECTED_MESSAGE,
                OpenFailure::TooLong(_) => AlertDescription::RECORD_OVERFLOW,
            }),
            Error::Random => Some(AlertDescription::INTERNAL_ERROR),
            Error::AlertReceived(_) | Error::Truncated { .. } | Error::Config(_) | Error::NotWritable(_) => {
                None
            }
        }
    }
}

/// The alert for a message that does not follow its syntax (RFC 8446 §6.2).
fn alert_for(reason: &Reason) -> AlertDescription {
    match reason {
        Reason::Value { .. } | Reason::DuplicateExtension(_) => AlertDescription::ILLEGAL_PARAMETER,
        Reason::ContentType(_) | Reason::RecordVersion(_) => AlertDescription::UNEXPECTED_MESSAGE,
        Reason::RecordOverflow { .. } => AlertDescription::RECORD_OVERFLOW,
        Reason::EndsEarly | Reason::Overruns { .. } | Reason::Length { .. } | Reason::LeftOver { .. } => {
            AlertDescription::DECODE_ERROR
        }
    }
}

impl From<TooLong> for Error {
    fn from(TooLong { kind, length }: TooLong) -> Error {
        let says = format!(
            "{kind} announces {}, {} is the most this client takes",
            bytes_in_words(length),
            count(MAX_MESSAGE as u64)
        );
        Error::violation(AlertDescription::ILLEGAL_PARAMETER, "RFC 8446 §4", says)
    }
}

impl From<Refused<Reason>> for Error {
    fn from(refused: Refused<Reason>) -> Error {
        Error::Decode { refused, record: None }
    }
}

impl From<CertificateError> for Error {
    fn from(error: CertificateError) -> Error {
        Error::Certificate(error)
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offered {
            None => f.write_str(
                "the server answered our offer of TLS 1.3 with the alert protocol_version (70): it speaks only older \
                 versions; RFC 8446 §4.2.1",
            )?,
            Some(version) => write!(
                f,
                "the server answered our offer of TLS 1.3 with {}: its ServerHello has no supported_versions \
                 extension that says 0x0304; RFC 8446 §4.2.1",
                version_name(&version)
            )?,
        }
        if self.downgrade_mark {
            f.write_str(
                ". Its random ends in \"DOWNGRD\": it knows a newer version, so somebody may have changed our offer on \
                 the way, or it has been told to stay below; RFC 8446 §4.1.3",
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DecryptError { epoch, sequence, suite, length, offset, .. } = self;
        let place = format!(
            "the record at byte {offset} of the server's stream (number {sequence} under the {epoch}, \
             {}, {})",
            bytes_in_words(*length),
            suite.name()
        );
        match self.failure {
            OpenFailure::Tag if *length < TAG => {
                write!(f, "{place} does not open: its tag alone would take {TAG}; RFC 8446 §5.2")
            }
            OpenFailure::Tag => {
                write!(f, "{place} does not open: its tag does not fit; RFC 8446 §5.2. ")?;
                if *sequence == 0 {
                    f.write_str("As the first under these keys, it points at the keys: another shared secret, another \
                         transcript (a message missing or changed) or another suite. From this side it cannot be known \
                         which; the server's key log would tell")
                } else {
                    let before =
                        if *sequence == 1 { "The record".to_owned() } else { format!("{sequence} records") };
                    write!(
                        f,
                        "{before} before it opened, so the keys are right: the record was changed on the way, or one \
                         was lost or repeated"
                    )
                }
            }
            OpenFailure::NoType => {
                write!(f, "{place} holds only zeros, so it has no content type; RFC 8446 §5.4")
            }
            OpenFailure::TooLong(inner) => {
                write!(f, "{place} holds {} inside, 16,385 is the most; RFC 8446 §5.4", bytes_in_words(inner))
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Decode { refused, record: None } => refused.fmt(f),
            Error::Decode { refused, record: Some(record) } => {
                write!(f, "in the record at byte {record} of the server's stream: {refused}")
            }
            Error::Violation(Violation { says, rule, offset, .. }) => {
                write!(f, "{says} (record at byte {offset} of the server's stream); {rule}")
            }
            Error::ProtocolVersion(error) => error.fmt(f),
            Error::Certificate(error) => error.fmt(f),
            Error::Decrypt(error) => error.fmt(f),
            Error::AlertReceived(Alert { description, .. }) => {
                write!(
                    f,
                    "the server gave up with the alert {description}: {}; RFC 8446 §6.2",
                    description.meaning()
                )
            }
            Error::Truncated { offset, partial, handshake_done } => {
                let place =
                    if *handshake_done { "without close_notify" } else { "in the middle of the handshake" };
                write!(f, "the stream ended after {}, {place}", bytes_in_words(*offset))?;
                if *partial > 0 {
                    write!(f, " and {} into a record", bytes_in_words(*partial))?;
                }
                f.write_str(": data may have been cut off; RFC 8446 §6.1")
            }
            Error::Config(says) => write!(f, "{says}"),
            Error::Random => f.write_str("the system gave no random numbers for a key"),
            Error::NotWritable(why) => write!(f, "nothing can be written: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl Lesson for Error {
    fn offset(&self) -> usize {
        match self {
            Error::Decode { refused, record } => record.unwrap_or(refused.offset),
            Error::Violation(Violation { offset, .. })
            | Error::ProtocolVersion(ProtocolVersion { offset, .. })
            | Error::Decrypt(DecryptError { offset, .. })
            | Error::Truncated { offset, .. } => *offset,
            _ => 0,
        }
    }

    fn rule(&self) -> &'static str {
        match self {
            Error::Decode { refused, .. } => refused.rule(),
            Error::Violation(violation) => violation.rule,
            Error::ProtocolVersion(_) => "RFC 8446 §4.2.1",
            Error::Certificate(error) => error.rule(),
            Error::Decrypt(DecryptError { failure: OpenFailure::Tag, .. }) => "RFC 8446 §5.2",
            Error::Decrypt(_) => "RFC 8446 §5.4",
            Error::AlertReceived(_) => "RFC 8446 §6.2",
            Error::Truncated { .. } => "RFC 8446 §6.1",
            Error::Config(_) | Error::Random | Error::NotWritable(_) => "",
        }
    }
}
