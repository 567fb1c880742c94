//! Why bytes were refused: one [`Reason`] for each way in which a message, a connection or a caller can be wrong.
//!
//! Two files in the folder beside this one turn a reason into a sentence: `rules.rs` is the table of what the RFCs
//! say, `sentence.rs` says what was seen. Tested in `tests/clauses.rs`.

mod rules;
mod sentence;

use barewire_dissect::Refused;
use nom::error::ErrorKind;

/// Something that the caller asked for and that must not be sent.
pub(crate) fn misuse(reason: Reason) -> Refused<Reason> {
    Refused { what: "message to send", offset: 0, reason }
}

/// Who is at fault, as far as a caller wants to act on it. In brackets: the exit code of curl for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The peer closed the connection before it sent one byte of a message, 1xx responses aside (52).
    Empty,
    /// The message stopped before its end: [`Reason::EndsEarly`] in its head (56), [`Reason::TruncatedBody`] or
    /// [`Reason::IncompleteClose`] in its body (18).
    Truncated,
    /// The peer sent something that breaks a rule (56; 8 for a field that cannot be read, 1 for another version).
    Broken,
    /// Nothing came within a limit of [`Config`](crate::Config): of a head, of a body, or at all (28).
    Late,
    /// The caller asked for something that must not be sent, or that is not allowed now. Nothing was sent.
    Misuse,
}

/// Why a message was refused, with what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The bytes end in the middle of a head, a chunk header or a trailer section.
    EndsEarly,
    /// A line ends with LF without CR.
    BareLf,
    /// A CR that no LF follows.
    BareCr,
    /// A byte that a token, such as a method or a field name, cannot hold.
    NotAToken {
        /// Which token: "the method", "the field name", …
        what: &'static str,
        /// The byte that was seen.
        byte: u8,
    },
    /// A byte that a field value cannot hold.
    ControlByte(u8),
    /// Another byte than the one space that separates the parts of a request line.
    NotASpace(u8),
    /// The same in a status line.
    NotASpaceInStatusLine(u8),
    /// A byte that a reason phrase cannot hold.
    ReasonPhraseByte(u8),
    /// A byte that a request target cannot hold.
    TargetByte(u8),
    /// The request target has none of the four forms, or not the one its method asks for.
    TargetForm,
    /// The authority of an absolute-form target is not `host [":" port]`.
    TargetAuthority,
    /// The target of CONNECT has no port from 1 to 65535.
    ConnectPort,
    /// Not `HTTP/` digit `.` digit.
    BadVersion,
    /// A byte after the version of a request line, where the line should end.
    AfterVersion(u8),
    /// HTTP, but not version 1.
    OtherVersion(u8),
    /// Not three digits from 100 to 999.
    BadStatus,
    /// Whitespace between a field name and its colon.
    SpaceBeforeColon,
    /// A header line without a colon after its name.
    MissingColon(u8),
    /// A line that continues the field before it (obs-fold).
    ObsFold,
    /// Whitespace between the start line and the first field.
    SpaceBeforeFields,
    /// Whitespace between the last chunk and the first trailer.
    SpaceBeforeTrailers,
    /// A request line longer than the limits of its parts, in bytes.
    StartLineTooLong(usize),
    /// A status line longer than the limit of a head, in bytes.
    StatusLineTooLong(usize),
    /// A request target longer than the limit, in bytes.
    TargetTooLong(usize),
    /// A method longer than the limit, in bytes.
    MethodTooLong(usize),
    /// A head or a trailer section longer than its limit, in bytes.
    SectionTooLong(usize),
    /// More fields than the limit.
    TooManyFields(usize),
    /// An HTTP/1.1 request without Host.
    NoHost,
    /// A request with more than one Host.
    SeveralHosts,
    /// A Host that is not `host [":" port]`.
    BadHost,
    /// Content-Length and Transfer-Encoding in one message.
    LengthAndCoding,
    /// A Content-Length that is not a decimal number below 2^64.
    BadLength,
    /// Two values of Content-Length that differ.
    DifferentLengths(u64, u64),
    /// A Transfer-Encoding in a request that does not end with chunked.
    ChunkedNotLast,
    /// chunked twice.
    ChunkedTwice,
    /// chunked with parameters.
    ChunkedParameters,
    /// A transfer coding that this crate does not undo.
    OtherCoding(Box<str>),
    /// Transfer-Encoding in an HTTP/1.0 message.
    CodingInHttp10,
    /// A byte where a chunk's size should be.
    ChunkSize(u8),
    /// A chunk size of 2^64 or more.
    ChunkTooLarge,
    /// A chunk header line longer than its limit, in bytes.
    ChunkLineTooLong(usize),
    /// All chunk extensions of one body together longer than their limit, in bytes.
    ExtensionsTooLong(usize),
    /// A byte that cannot stand in a chunk extension.
    ChunkExtension(u8),
    /// The line of a chunk's size ends with LF without CR.
    ChunkLineLf,
    /// A chunk's data is not followed by CRLF.
    ChunkEnd(u8),
    /// The connection closed before the first byte of a message, or of a final response.
    EmptyReply,
    /// The connection closed inside a body.
    TruncatedBody {
        /// How many bytes of content had come.
        got: u64,
        /// How many there should be, when a Content-Length said so.
        want: Option<u64>,
    },
    /// A body that only the close of the connection ends, when that close was not a proper one (in TLS: no
    /// close_notify).
    IncompleteClose {
        /// How many bytes of content had come.
        got: u64,
    },
    /// More 1xx responses to one request than the limit.
    TooManyInformational(usize),
    /// Bytes from a server that answer no request.
    UnaskedBytes,
    /// A 101 response to a request that did not offer that protocol, with Upgrade and `Connection: upgrade`.
    UnaskedUpgrade,
    /// A 101 response that has no Upgrade, or no `Connection: upgrade`.
    UnnamedUpgrade,
    /// A 101 response while the request's body waits for 100: the body would never be sent.
    UpgradeBeforeContinue,
    /// A client sent more bytes of requests ahead than the limit.
    TooFarAhead(usize),
    /// A body longer than the caller wants to keep, in bytes.
    ContentTooLong(usize),
    /// A head that took longer than the limit.
    HeadTimeout,
    /// A body of which nothing came for longer than the limit.
    BodyTimeout,
    /// A connection on which nothing happened for longer than the limit.
    IdleTimeout,
    /// Text to be sent that would break its line or its grammar.
    Unwritable {
        /// Which text.
        what: Part,
        /// The byte that must not be sent. `None` when no single byte is to blame: an empty name, for example.
        byte: Option<u8>,
    },
    /// A request target to be sent that a reader would refuse: the byte that it cannot hold, or `None` when its form or
    /// its authority is wrong.
    UnwritableTarget(Option<u8>),
    /// A request to be sent without Host, with several, with one that is not valid, or with another host than that of
    /// its target.
    UnwritableHost,
    /// A trailer to be sent that must stand in the header section.
    MisplacedTrailer {
        /// The name of the field.
        name: Box<str>,
        /// What the field does.
        does: &'static str,
    },
    /// Fields to be sent that contradict the body that was declared.
    ContradictsBody(&'static str),
    /// More or fewer content bytes to be sent than were declared.
    WrongBodyLength {
        /// As declared.
        declared: u64,
        /// As given. The bytes that were refused count too.
        given: u64,
    },
    /// A call that the state of the connection does not allow. The text says why.
    OutOfTurn(&'static str),
}

/// A part of a head that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Of a request.
    Method,
    /// Of a response.
    StatusCode,
    /// Of a response.
    ReasonPhrase,
    /// The name of a field, or of a trailer.
    FieldName,
    /// The value of a field, or of a trailer.
    FieldValue,
}

impl Reason {
    /// Who is at fault.
    pub fn kind(&self) -> Kind {
        use Reason::*;
        match self {
            EmptyReply => Kind::Empty,
            EndsEarly | TruncatedBody { .. } | IncompleteClose { .. } => Kind::Truncated,
            HeadTimeout | BodyTimeout | IdleTimeout => Kind::Late,
            Unwritable { .. }
            | UnwritableTarget(_)
            | UnwritableHost
            | MisplacedTrailer { .. }
            | ContradictsBody(_)
            | WrongBodyLength { .. }
            | OutOfTurn(_) => Kind::Misuse,
            _ => Kind::Broken,
        }
    }

    /// The status code with which a server should answer a request that was refused for this reason.
    pub fn status_hint(&self) -> u16 {
        use Reason::*;
        match self {
            HeadTimeout | BodyTimeout | IdleTimeout => 408,
            SectionTooLong(_) | TooManyFields(_) => 431,
            ChunkTooLarge | ContentTooLong(_) => 413,
            StartLineTooLong(_) | TargetTooLong(_) => 414,
            OtherCoding(_) | MethodTooLong(_) => 501,
            OtherVersion(_) => 505,
            _ if self.kind() == Kind::Misuse => 500,
            _ => 400,
        }
    }
}

/// nom's own parsers fail here for one reason only: the input is too short.
impl From<ErrorKind> for Reason {
    fn from(_: ErrorKind) -> Reason {
        Reason::EndsEarly
    }
}
