//! DNS
#![forbid(unsafe_code)]

mod compress;
pub mod driver;
mod edns;
mod error;
mod framing;
mod header;
mod message;
mod name;
mod question;
pub mod rdata;
mod record;
mod rtype;
pub mod stub;
mod summary;
pub mod system;
pub mod udp_tcp;

pub use edns::Edns;
pub use error::{Error, Reason};
pub use framing::{Deframer, frame};
pub use header::Header;
pub use message::{Message, dissect};
pub use name::{MAX_LABEL, MAX_NAME, Name};
pub use question::Question;
pub use rdata::RData;
pub use record::Record;
pub use rtype::{Class, Opcode, Rcode, RecordType};
