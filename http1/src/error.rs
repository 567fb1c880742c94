//! Errors that teach: what was seen, at which byte, and which rule it breaks.
//!
//! One [`Problem`] for each way in which a message, a connection or a caller can be wrong. The byte offset counts
//! from the start of what was read: a message for the functions that take a whole one, the connection's byte
//! stream for the cores. Tested in `tests/clauses.rs`.

use std::fmt;

use barewire_dissect::Lesson;
use nom::error::ErrorKind;

/// A broken rule: where, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The offset of the byte where reading stopped: in the message, or in the connection's stream of received
    /// bytes. For [`Kind::Misuse`], an offset in the text that the caller gave.
    pub offset: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// Whose fault an [`Error`] is, as far as a caller wants to act on it. In brackets, curl's exit code for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The peer closed the connection before it sent one byte of a message (52).
    Empty,
    /// The message stopped before its end: [`Problem::EndsEarly`] in its head (56), [`Problem::TruncatedBody`] or
    /// [`Problem::IncompleteClose`] in its body (18).
    Truncated,
    /// What the peer sent breaks a rule (56).
    Broken,
    /// A head did not arrive within [`Limits::head_timeout`](crate::Limits) (28).
    Late,
    /// The caller asked for something that must not be sent, or out of turn. Nothing was sent.
    Misuse,
}

/// What can be wrong, with what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The bytes end in the middle of a head, a chunk header or a trailer section.
    EndsEarly,
    /// A line ends with LF without CR.
    BareLf,
    /// A CR that no LF follows.
    BareCr,
    /// A byte that a method or a field name cannot hold; `what` names which.
    NotAToken {
        /// "method", "field name", …
        what: &'static str,
        /// The byte that was seen.
        byte: u8,
    },
    /// A byte that is allowed neither in field values nor in reason phrases.
    ControlByte(u8),
    /// Another byte than the one space that separates the parts of a start line.
    NotASpace(u8),
    /// A byte that a request target cannot hold.
    TargetByte(u8),
    /// The request target has none of the four forms, or not the one its method asks for.
    TargetForm,
    /// Not `HTTP/` digit `.` digit.
    BadVersion,
    /// HTTP, but not version 1.
    OtherVersion(u8),
    /// Not three digits from 100 to 999.
    BadStatus,
    /// Whitespace between a field name and its colon.
    SpaceBeforeColon,
    /// A header line without a colon after its name.
    MissingColon(u8),
    /// A line that goes on with the field before it (obs-fold).
    ObsFold,
    /// Whitespace between the start line and the first field.
    SpaceBeforeFields,
    /// A section of fields that grew past its limit, in bytes.
    SectionTooLong(usize),
    /// More fields than the limit.
    TooManyFields(usize),
    /// An HTTP/1.1 request without Host.
    NoHost,
    /// A request with more than one Host.
    SeveralHosts,
    /// A Host that is no `host [":" port]`.
    BadHost,
    /// Content-Length and Transfer-Encoding in one message.
    LengthAndCoding,
    /// A Content-Length that is no decimal number below 2^64.
    BadLength,
    /// Two values of Content-Length that differ.
    DifferentLengths(u64, u64),
    /// A Transfer-Encoding in a request that does not end with chunked.
    ChunkedNotLast,
    /// chunked twice, or with parameters, or an empty Transfer-Encoding.
    BadCoding,
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
    /// A chunk's data is not followed by CRLF.
    ChunkEnd(u8),
    /// The connection closed before the first byte of a message.
    EmptyReply,
    /// The connection closed inside a body.
    TruncatedBody {
        /// How many bytes of content had come.
        got: u64,
        /// How many there should be, when a Content-Length said so.
        want: Option<u64>,
    },
    /// A body that ends where the connection does, on a connection that ended without its own goodbye.
    IncompleteClose {
        /// How many bytes of content had come.
        got: u64,
    },
    /// More 1xx responses to one request than the limit.
    TooManyInformational(usize),
    /// Bytes from a server that no request asked for.
    UnaskedBytes,
    /// A 101 response to a request without Upgrade.
    UnaskedUpgrade,
    /// A client that sent more requests ahead than the limit, in bytes.
    TooFarAhead(usize),
    /// A body that grew past what the caller wants to keep, in bytes.
    ContentTooLong(usize),
    /// A head that took longer than the limit.
    HeadTimeout,
    /// Text to be sent that would break its line or its grammar; `what` names which.
    Unwritable {
        /// "method", "field value", …
        what: &'static str,
        /// The byte that must not be sent; `None` when it is the whole, such as an empty name.
        byte: Option<u8>,
    },
    /// Fields to be sent that contradict the body that was declared.
    ContradictsBody(&'static str),
    /// More or fewer content bytes to be sent than were declared.
    WrongBodyLength {
        /// As declared.
        declared: u64,
        /// As given; for a body that is too long, with the bytes that were refused.
        given: u64,
    },
    /// A call that the connection's state does not allow; the text says why.
    OutOfTurn(&'static str),
}

impl Error {
    /// An error at `offset`.
    pub fn new(offset: usize, problem: Problem) -> Error {
        Error { offset, problem }
    }

    pub(crate) fn misuse(problem: Problem) -> Error {
        Error { offset: 0, problem }
    }

    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        use Problem::*;
        match self.problem {
            EmptyReply => Kind::Empty,
            EndsEarly | TruncatedBody { .. } | IncompleteClose { .. } => Kind::Truncated,
            HeadTimeout => Kind::Late,
            Unwritable { .. } | ContradictsBody(_) | WrongBodyLength { .. } | OutOfTurn(_) => Kind::Misuse,
            _ => Kind::Broken,
        }
    }

    /// The status code with which a server should answer the request that broke the rule.
    pub fn status_hint(&self) -> u16 {
        use Problem::*;
        match self.problem {
            HeadTimeout => 408,
            SectionTooLong(_) | TooManyFields(_) => 431,
            ChunkTooLarge | ContentTooLong(_) => 413,
            OtherCoding(_) => 501,
            OtherVersion(_) => 505,
            Unwritable { .. } | ContradictsBody(_) | WrongBodyLength { .. } | OutOfTurn(_) => 500,
            _ => 400,
        }
    }
}

impl Problem {
    /// The rule, and what it says.
    fn law(&self) -> (&'static str, &'static str) {
        use Problem::*;
        match self {
            EndsEarly => ("RFC 9112 §8", "calls a message without its end incomplete"),
            BareLf => ("RFC 9112 §2.2", "ends every line with CRLF"),
            BareCr => ("RFC 9112 §2.2", "allows CR only before LF"),
            NotAToken { .. } => ("RFC 9110 §5.6.2", "allows letters, digits and !#$%&'*+-.^_`|~"),
            ControlByte(_) => ("RFC 9110 §5.5", "allows no control byte but the tab"),
            NotASpace(_) => ("RFC 9112 §3", "separates the parts of a start line by one space"),
            TargetByte(_) => ("RFC 9112 §3.2", "allows neither whitespace nor controls nor non-ASCII there"),
            TargetForm => {
                ("RFC 9112 §3.2", "wants /path, scheme://host/path, host:port for CONNECT, or * for OPTIONS")
            }
            BadVersion => ("RFC 9112 §2.3", "wants HTTP/ digit . digit"),
            OtherVersion(_) => ("RFC 9110 §2.5", "lets a recipient refuse major versions it does not speak"),
            BadStatus => ("RFC 9112 §4", "wants three digits, from 100"),
            SpaceBeforeColon => {
                ("RFC 9112 §5.1", "allows none, because two readers may disagree on the name")
            }
            MissingColon(_) => ("RFC 9112 §5", "wants a colon right after the field name"),
            ObsFold => ("RFC 9112 §5.2", "ended the folding of lines"),
            SpaceBeforeFields => ("RFC 9112 §2.2", "allows no whitespace before the first field"),
            SectionTooLong(_) | TooManyFields(_) => ("RFC 9110 §5.4", "lets a recipient set such a limit"),
            NoHost | SeveralHosts | BadHost => ("RFC 9112 §3.2", "wants exactly one valid Host"),
            LengthAndCoding => (
                "RFC 9112 §6.3 rule 3",
                "calls it a sign of smuggling: two readers may end the body differently",
            ),
            BadLength => ("RFC 9112 §6.3 rule 5", "wants decimal digits, below 2^64 here"),
            DifferentLengths(..) => ("RFC 9112 §6.3 rule 5", "wants all of them to be the same"),
            ChunkedNotLast => {
                ("RFC 9112 §6.3 rule 4", "wants chunked last, or a request's end cannot be known")
            }
            BadCoding => ("RFC 9112 §7.1", "allows chunked once and without parameters"),
            OtherCoding(_) => ("RFC 9112 §6.1", "allows it only where the recipient understands it"),
            CodingInHttp10 => ("RFC 9112 §6.1", "calls the framing of such a message faulty"),
            ChunkSize(_) => ("RFC 9112 §7.1", "wants a hexadecimal size, then an extension or CRLF"),
            ChunkTooLarge => ("RFC 9112 §7.1", "tells recipients not to let the size overflow"),
            ChunkLineTooLong(_) | ExtensionsTooLong(_) => {
                ("RFC 9112 §7.1.1", "tells recipients to limit extensions")
            }
            ChunkExtension(_) => ("RFC 9112 §7.1.1", "wants ; name, or ; name = value"),
            ChunkEnd(_) => ("RFC 9112 §7.1", "wants CRLF after a chunk's data"),
            EmptyReply => ("RFC 9112 §9.5", "lets a server close at any time, but then there is no response"),
            TruncatedBody { want: Some(_), .. } => ("RFC 9112 §6.3 rule 6", "calls the message incomplete"),
            TruncatedBody { want: None, .. } => {
                ("RFC 9112 §8", "wants the zero-sized chunk that ends a body")
            }
            IncompleteClose { .. } => {
                ("RFC 9112 §9.8", "calls such a body incomplete: somebody may have cut it off")
            }
            TooManyInformational(_) => {
                ("RFC 9110 §15.2", "lets any number come, so a recipient needs a limit")
            }
            UnaskedBytes => ("RFC 9112 §9.2", "forbids to take them for a response"),
            UnaskedUpgrade => ("RFC 9110 §7.8", "lets a server switch only to what the client offered"),
            TooFarAhead(_) => ("RFC 9112 §9.3.2", "lets a client pipeline, so a server needs a limit"),
            ContentTooLong(_) => ("RFC 9110 §15.5.14", "lets a server refuse content that is too large"),
            HeadTimeout => ("RFC 9112 §9.5", "leaves such time limits to each side"),
            Unwritable { .. } => {
                ("RFC 9110 §5.5", "names the danger: who can add a line can add a field or a message")
            }
            ContradictsBody(_) => ("RFC 9112 §6", "frames a message by exactly these fields"),
            WrongBodyLength { .. } => ("RFC 9110 §8.6", "forbids a Content-Length that is known to be wrong"),
            OutOfTurn(_) => ("RFC 9112 §9.2", "pairs requests and responses by their order alone"),
        }
    }

    /// What was seen, `at` a place that the sentence names.
    fn seen(&self, at: &str) -> String {
        use Problem::*;
        match self {
            EndsEarly => format!("the message stops {at}, before its end"),
            BareLf => format!("the line that ends {at} ends with LF alone"),
            BareCr => format!("CR {at} has no LF after it"),
            NotAToken { what, byte } => format!("{what} holds {} {at}", shown(*byte)),
            ControlByte(byte) => format!("{} {at} stands in a line of text", shown(*byte)),
            NotASpace(byte) => format!("{} {at} stands where a space should be", shown(*byte)),
            TargetByte(byte) => format!("{} {at} stands in the request target", shown(*byte)),
            TargetForm => format!("the request target {at} has no form that fits its method"),
            BadVersion => format!("what stands {at} is no HTTP version"),
            OtherVersion(major) => format!("the version {at} is HTTP/{major}"),
            BadStatus => format!("what stands {at} is no status code"),
            SpaceBeforeColon => format!("whitespace {at} parts a field name from its colon"),
            MissingColon(byte) => format!("{} {at} stands where the colon should be", shown(*byte)),
            ObsFold => format!("the line {at} begins with whitespace, to go on with the field before it"),
            SpaceBeforeFields => format!("the first header line, {at}, begins with whitespace"),
            SectionTooLong(limit) => format!("the section of fields runs on {at}, past {limit} bytes"),
            TooManyFields(limit) => format!("one more field than {limit} stands {at}"),
            NoHost => format!("the HTTP/1.1 request {at} has no Host"),
            SeveralHosts => format!("the request {at} has more than one Host"),
            BadHost => format!("the Host of the request {at} is no host name with an optional port"),
            LengthAndCoding => {
                format!("the message {at} has both a Content-Length and a Transfer-Encoding")
            }
            BadLength => format!("the Content-Length of the message {at} is no number"),
            DifferentLengths(one, other) => {
                format!("the message {at} has the Content-Lengths {one} and {other}")
            }
            ChunkedNotLast => {
                format!("the Transfer-Encoding of the request {at} does not end with chunked")
            }
            BadCoding => format!(
                "the Transfer-Encoding of the message {at} is empty, or has chunked twice or with parameters"
            ),
            OtherCoding(name) => {
                format!("the message {at} has the transfer coding {name:?}, which is not known here")
            }
            CodingInHttp10 => format!("the message {at} is HTTP/1.0 and has a Transfer-Encoding"),
            ChunkSize(byte) => format!("{} {at} stands in a chunk's size", shown(*byte)),
            ChunkTooLarge => format!("the chunk size {at} is 2^64 or more"),
            ChunkLineTooLong(limit) => format!("the chunk header runs on {at}, past {limit} bytes"),
            ExtensionsTooLong(limit) => {
                format!("the chunk header {at} brings the extensions past {limit} bytes")
            }
            ChunkExtension(byte) => format!("{} {at} stands in a chunk extension", shown(*byte)),
            ChunkEnd(byte) => format!("{} {at} follows a chunk's data", shown(*byte)),
            EmptyReply => "the peer closed the connection without sending a byte".to_owned(),
            TruncatedBody { got, want: Some(want) } => {
                format!("the connection closed {at} after {got} of {want} bytes of content")
            }
            TruncatedBody { got, want: None } => {
                format!("the connection closed {at} after {got} bytes of chunked content")
            }
            IncompleteClose { got } => {
                format!(
                    "the connection broke off {at} without a goodbye (close_notify, in TLS), after {got} bytes of content that only its close ends"
                )
            }
            TooManyInformational(limit) => format!("one more 1xx response than {limit} came {at}"),
            UnaskedBytes => format!("the server sent bytes {at} that answer no request"),
            UnaskedUpgrade => format!("the response {at} is 101 to a request without Upgrade"),
            TooFarAhead(limit) => {
                format!("requests sent ahead run on {at}, past {limit} bytes")
            }
            ContentTooLong(limit) => format!("the body runs on past {limit} bytes"),
            HeadTimeout => format!("the head was not complete in time; it had come as far as it goes {at}"),
            Unwritable { what, byte: Some(byte) } => {
                format!("{what} with {} {at} was not sent", shown(*byte))
            }
            Unwritable { what, byte: None } => format!("{what} was not sent: it is empty or malformed"),
            ContradictsBody(why) => (*why).to_owned(),
            WrongBodyLength { declared, given } => {
                format!("{declared} bytes of content were declared, {given} were given")
            }
            OutOfTurn(why) => (*why).to_owned(),
        }
    }
}

/// A byte as a reader wants it: the character, or its number.
fn shown(byte: u8) -> String {
    match byte {
        b'\r' => "CR".to_owned(),
        b'\n' => "LF".to_owned(),
        b' ' => "a space".to_owned(),
        b'\t' => "a tab".to_owned(),
        0 => "NUL".to_owned(),
        0x21..=0x7e => format!("{:?}", char::from(byte)),
        _ => format!("byte {byte:#04x}"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, says) = self.problem.law();
        let at = format!("at byte {}", self.offset);
        write!(f, "{}; {rule} {says}", self.problem.seen(&at))
    }
}

impl std::error::Error for Error {}

impl Lesson for Error {
    fn offset(&self) -> usize {
        self.offset
    }

    fn rule(&self) -> &'static str {
        self.problem.law().0
    }
}

/// nom's own parsers fail here only when the input is too short.
impl From<ErrorKind> for Problem {
    fn from(_: ErrorKind) -> Problem {
        Problem::EndsEarly
    }
}
