//! The client side of TLS 1.3.
#![forbid(unsafe_code)]

mod alert;
mod certificate;
mod client;
mod dissect;
mod error;
pub mod extensions;
mod group;
pub mod handshake;
pub mod key_log;
pub mod key_schedule;
mod key_share;
pub mod observe;
mod protect;
pub mod record;
mod signature;
mod stream;
mod suite;
mod transcript;
mod verify;
mod wire;

pub use alert::{Alert, AlertDescription, alert};
pub use certificate::{CertificateFacts, utc};
pub use client::{Client, ClientConfig, Event, Summary};
pub use dissect::{dissect_plaintext, dissect_records};
pub use error::{DecodeError, DecryptError, Epoch, Error, ProtocolVersion, Reason, Violation};
pub use group::{Group, group_name};
pub use key_log::KeyLog;
pub use key_share::PrivateShare;
pub use protect::{OpenFailure, Protection, SealFailure};
pub use signature::{SignatureScheme, scheme_name, signed_content};
pub use stream::{ConnectError, TlsStream};
pub use suite::{Hash, Suite, suite_name};
pub use transcript::Transcript;
pub use verify::{CertificateError, CertificateProblem, Trust, Verified};
pub use wire::Read;
