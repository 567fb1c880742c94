//! What an observer tells: one [`Seen`] for each record.

use std::ops::Range;

use barewire_dissect::{Direction, Refused, Tree, field, record};
use nom::Parser;

use super::message::Message;
use super::sealed::Sealed;
use crate::alert::Alert;
use crate::dissect::{Context, content_tree, record_tree};
use crate::reason::Reason;
use crate::record::{ContentType, HEADER};
use crate::wire::everything;

/// One record, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which way it travels.
    pub direction: Direction,
    /// Where it stands in its direction's stream, in bytes, header included.
    pub range: Range<u64>,
    /// The type outside. `None` where `bytes` are not a record: the place in the stream was lost, or they are a hello
    /// in the form of SSL 2.0.
    pub content_type: Option<ContentType>,
    /// The record, header included.
    pub bytes: Vec<u8>,
    /// The version that the connection speaks, once a ServerHello has chosen it: 0x0304 is TLS 1.3.
    pub version: Option<u16>,
    /// What is inside.
    pub inner: Inner,
    /// Whether the record before it in this direction was sealed for a reason of the same kind: a view has said it
    /// already.
    pub repeats: bool,
    /// How many bytes at the start of its content go on with a handshake message that an earlier record began.
    pub continues: usize,
    /// The handshake messages that this record completes.
    pub messages: Vec<Message>,
    /// The alert it holds, if it does.
    pub alert: Option<Alert>,
}

/// What is inside a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inner {
    /// The record is not encrypted: its content follows the header.
    Plain,
    /// Encrypted, and opened.
    Opened {
        /// The real type.
        content_type: ContentType,
        /// The content.
        plaintext: Vec<u8>,
        /// How many zero bytes followed it.
        padding: usize,
    },
    /// Not readable.
    Sealed {
        /// Why it cannot be read.
        why: Sealed,
    },
}

/// Names bytes that are not a whole record.
fn named_piece(bytes: &[u8], why: &Sealed) -> (Result<(), Refused<Reason>>, Tree) {
    let (_, tree) = record(bytes, || field(why.name_of_bytes(), "", everything).parse(bytes));
    match why {
        Sealed::NotTls(refused) => (Err(refused.clone()), tree),
        _ => (Ok(()), tree),
    }
}

impl Seen {
    /// The content: decrypted if need be, `None` if it could not be.
    pub fn content(&self) -> Option<(ContentType, &[u8])> {
        match &self.inner {
            Inner::Plain => Some((self.content_type?, self.bytes.get(HEADER..)?)),
            Inner::Opened { content_type, plaintext, .. } => Some((*content_type, plaintext)),
            Inner::Sealed { .. } => None,
        }
    }

    /// Whether it was encrypted on the wire.
    pub fn is_encrypted(&self) -> bool {
        !matches!(self.inner, Inner::Plain)
    }

    /// Why it could not be read, if it could not.
    pub fn sealed(&self) -> Option<&Sealed> {
        match &self.inner {
            Inner::Sealed { why } => Some(why),
            _ => None,
        }
    }

    /// Names all bytes of the record as it was on the wire, by the layouts of the version that the connection speaks.
    ///
    /// # Errors
    /// `Refused`, for bytes that are not TLS, and for a message that breaks a rule.
    pub fn dissect(&self) -> (Result<(), Refused<Reason>>, Tree) {
        if let (None, Some(why)) = (self.content_type, self.sealed()) {
            return named_piece(&self.bytes, why);
        }
        let context =
            Context { sealed: self.is_encrypted(), continues: self.continues, version: self.version };
        record_tree(&self.bytes, context)
    }

    /// Names all bytes of what was inside, if the record was encrypted and could be opened.
    pub fn opened_tree(&self) -> Option<(Result<(), Refused<Reason>>, Tree)> {
        match &self.inner {
            Inner::Opened { content_type, plaintext, .. } => {
                Some(content_tree(*content_type, plaintext, self.continues))
            }
            _ => None,
        }
    }
}
