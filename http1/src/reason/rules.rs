//! The rule of each [`Reason`]: the clause of the RFC, and what it says, in a few words.

use super::{Part, Reason};

/// A rule of an RFC.
pub(super) struct Rule {
    /// The RFC and its section.
    pub(super) clause: &'static str,
    /// What the clause says. It continues the sentence "RFC 9112 §2.2 ...".
    pub(super) says: &'static str,
}

/// The table.
pub(super) fn rule(reason: &Reason) -> Rule {
    use Reason::*;
    let (clause, says) = match reason {
        // Lines and tokens.
        EndsEarly => ("RFC 9112 §8", "calls a message without its end incomplete"),
        BareLf => ("RFC 9112 §2.2", "ends every line with CRLF"),
        BareCr => ("RFC 9112 §2.2", "allows CR only before LF"),
        NotAToken { .. } => ("RFC 9110 §5.6.2", "allows letters, digits and !#$%&'*+-.^_`|~"),
        ControlByte(_) => ("RFC 9110 §5.5", "allows no control byte but the tab"),

        // Start lines.
        NotASpace(_) => ("RFC 9112 §3", "separates the parts of a request line by one space"),
        NotASpaceInStatusLine(_) => ("RFC 9112 §4", "separates the parts of a status line by one space"),
        ReasonPhraseByte(_) => ("RFC 9112 §4", "allows no control byte but the tab in a reason phrase"),
        TargetByte(_) => ("RFC 9112 §3.2", "allows only the characters of a URI without its fragment"),
        TargetForm => {
            ("RFC 9112 §3.2", "wants /path, scheme://host/path, host:port for CONNECT, or * for OPTIONS")
        }
        TargetAuthority => ("RFC 9110 §4.2", "wants a host there, and after it at most a port"),
        ConnectPort => ("RFC 9110 §9.3.6", "tells a server to refuse an empty or invalid port"),
        BadVersion => ("RFC 9112 §2.3", "wants HTTP/ digit . digit"),
        AfterVersion(_) => ("RFC 9112 §3", "ends the line with the version"),
        OtherVersion(_) => ("RFC 9110 §2.5", "lets a recipient refuse major versions it does not speak"),
        StartLineTooLong(_) | TargetTooLong(_) => {
            ("RFC 9112 §3", "lets a recipient set a limit, of 8000 bytes or more")
        }
        StatusLineTooLong(_) => ("RFC 9110 §2.3", "sets no limit, so each recipient must"),
        MethodTooLong(_) => ("RFC 9112 §3", "lets a server refuse a method longer than those it knows"),
        BadStatus => ("RFC 9112 §4", "wants three digits, from 100"),

        // Field lines.
        SpaceBeforeColon => {
            ("RFC 9112 §5.1", "allows no whitespace there: two readers may find two different names")
        }
        MissingColon(_) => ("RFC 9112 §5", "wants a colon right after the field name"),
        ObsFold => ("RFC 9112 §5.2", "forbids to fold lines"),
        SpaceBeforeFields => ("RFC 9112 §2.2", "allows no whitespace before the first field"),
        SpaceBeforeTrailers => ("RFC 9112 §7.1.2", "allows nothing but whole field lines there"),
        SectionTooLong(_) | TooManyFields(_) => ("RFC 9110 §5.4", "lets a recipient set such a limit"),
        NoHost | SeveralHosts | BadHost => ("RFC 9112 §3.2", "wants exactly one valid Host"),

        // Where the body ends.
        LengthAndCoding => (
            "RFC 9112 §6.3 rule 3",
            "calls it a sign of smuggling: two readers may end the body at different bytes",
        ),
        BadLength => ("RFC 9112 §6.3 rule 5", "wants decimal digits; this crate reads numbers below 2^64"),
        DifferentLengths(..) => ("RFC 9112 §6.3 rule 5", "wants all of them to be the same"),
        ChunkedNotLast => {
            ("RFC 9112 §6.3 rule 4", "wants chunked last, because nothing else shows where a request ends")
        }
        ChunkedTwice => ("RFC 9112 §6.1", "forbids to chunk what is chunked already"),
        ChunkedParameters => ("RFC 9112 §7.1", "defines none, and wants them treated as an error"),
        OtherCoding(_) => ("RFC 9112 §6.1", "allows it only where the recipient understands it"),
        CodingInHttp10 => ("RFC 9112 §6.1", "calls the framing of such a message faulty"),

        // Chunks.
        ChunkSize(_) => ("RFC 9112 §7.1", "wants a hexadecimal size, then an extension or CRLF"),
        ChunkTooLarge => ("RFC 9112 §7.1", "tells recipients not to let the size overflow"),
        ChunkLineTooLong(_) | ExtensionsTooLong(_) => {
            ("RFC 9112 §7.1.1", "tells recipients to limit extensions")
        }
        ChunkExtension(_) => ("RFC 9112 §7.1.1", "wants ; name, or ; name = value"),
        ChunkLineLf => ("RFC 9112 §7.1", "ends the line of a chunk's size with CRLF"),
        ChunkEnd(_) => ("RFC 9112 §7.1", "wants CRLF after a chunk's data"),

        // The connection.
        EmptyReply => ("RFC 9112 §9.5", "lets a server close at any time, but then there is no response"),
        TruncatedBody { want: Some(_), .. } => ("RFC 9112 §6.3 rule 6", "calls the message incomplete"),
        TruncatedBody { want: None, .. } => ("RFC 9112 §8", "wants the zero-sized chunk that ends a body"),
        IncompleteClose { .. } => {
            ("RFC 9112 §9.8", "calls such a body incomplete: somebody may have cut it off")
        }
        TooManyInformational(_) => {
            ("RFC 9110 §15.2", "lets a server send any number, so a recipient needs a limit")
        }
        UnaskedBytes => ("RFC 9112 §9.2", "forbids to take them for a response"),
        UnaskedUpgrade => {
            ("RFC 9110 §7.8", "lets a server switch only to a protocol that the client offered")
        }
        UnnamedUpgrade => {
            ("RFC 9110 §15.2.2", "wants Upgrade in it, and §7.8 Connection: upgrade beside that")
        }
        UpgradeBeforeContinue => ("RFC 9110 §7.8", "wants 100 before it, and the whole request"),
        TooFarAhead(_) => ("RFC 9112 §9.3.2", "lets a client pipeline, so a server needs a limit"),
        ContentTooLong(_) => ("RFC 9110 §15.5.14", "lets a server refuse content that is too large"),
        HeadTimeout | BodyTimeout | IdleTimeout => ("RFC 9112 §9.5", "leaves such time limits to each side"),

        // What the caller wants to send.
        Unwritable { what: Part::Method, .. } => ("RFC 9112 §3.1", "wants a token there"),
        Unwritable { what: Part::StatusCode, .. } => ("RFC 9112 §4", "wants three digits, from 100"),
        Unwritable { what: Part::ReasonPhrase, .. } => {
            ("RFC 9112 §4", "ends the status line there, and a line more can be a field or a message")
        }
        Unwritable { what: Part::FieldName, .. } => ("RFC 9110 §5.1", "wants a token there"),
        Unwritable { what: Part::FieldValue, byte: Some(b' ' | b'\t') } => {
            ("RFC 9110 §5.5", "takes whitespace off both ends, so another value would be read")
        }
        Unwritable { what: Part::FieldValue, .. } => {
            ("RFC 9110 §5.5", "names the danger: text with a line end in it can add a field or a message")
        }
        UnwritableTarget(_) => {
            ("RFC 9112 §3.2", "allows only the characters of a URI, in the form that fits the method")
        }
        UnwritableHost => ("RFC 9112 §3.2", "wants exactly one valid Host, the one of the target URI"),
        MisplacedTrailer { .. } => ("RFC 9110 §6.5.1", "allows it in the header section only"),
        ContradictsBody(_) => ("RFC 9112 §6", "frames a message by exactly these fields"),
        WrongBodyLength { .. } => ("RFC 9110 §8.6", "forbids a Content-Length that is known to be wrong"),
        OutOfTurn(_) => ("RFC 9112 §9.2", "pairs requests and responses by their order alone"),
    };
    Rule { clause, says }
}
