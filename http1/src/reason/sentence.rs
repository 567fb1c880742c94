//! The sentence for each [`Reason`]: what was seen, at which byte, and the rule that it breaks.

use std::fmt;

use barewire_dissect::{Explain, count, several};

use super::rules::rule;
use super::{Part, Reason};

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        rule(self).clause
    }

    /// "CR at byte 16 has no LF after it; RFC 9112 §2.2 allows CR only before LF"
    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = rule(self);
        write!(f, "{}; {} {}", seen(self, what, at), rule.clause, rule.says)
    }
}

/// What was seen at byte `at` of `what`.
fn seen(reason: &Reason, what: &str, at: usize) -> String {
    use Reason::*;
    match reason {
        EndsEarly => format!("the {what} ends early, at byte {at}"),
        BareLf => format!("the line that ends at byte {at} ends with LF alone"),
        BareCr => format!("CR at byte {at} has no LF after it"),
        NotAToken { what, byte } => format!("{what} holds {} at byte {at}", shown(*byte)),
        ControlByte(byte) => format!("{} at byte {at} stands in a field value", shown(*byte)),

        NotASpace(byte) | NotASpaceInStatusLine(byte) => {
            format!("{} at byte {at} stands where a space should be", shown(*byte))
        }
        ReasonPhraseByte(byte) => format!("{} at byte {at} stands in the reason phrase", shown(*byte)),
        TargetByte(byte) => format!("{} at byte {at} stands in the request target", shown(*byte)),
        TargetForm => format!("the request target at byte {at} has no form that fits its method"),
        TargetAuthority => format!("the target's authority is wrong at byte {at}"),
        ConnectPort => format!("the target of CONNECT has no port from 1 to 65535 at byte {at}"),
        BadVersion => format!("the bytes at byte {at} are not an HTTP version"),
        AfterVersion(byte) => format!("{} at byte {at} follows the HTTP version", shown(*byte)),
        OtherVersion(major) => format!("the version at byte {at} is HTTP/{major}"),
        BadStatus => format!("the bytes at byte {at} are not a status code"),

        StartLineTooLong(limit) => {
            format!("the request line goes on at byte {at}, past the limit of {}", bytes(*limit as u64))
        }
        StatusLineTooLong(limit) => {
            format!("the status line goes on at byte {at}, past the limit of {}", bytes(*limit as u64))
        }
        TargetTooLong(limit) => {
            format!("the request target goes on at byte {at}, past the limit of {}", bytes(*limit as u64))
        }
        MethodTooLong(limit) => {
            format!("the method goes on at byte {at}, past the limit of {}", bytes(*limit as u64))
        }

        SpaceBeforeColon => format!("whitespace at byte {at} stands between a field name and its colon"),
        MissingColon(byte) => format!("{} at byte {at} stands where the colon should be", shown(*byte)),
        ObsFold => {
            format!("the line at byte {at} begins with whitespace, so it continues the field before it")
        }
        SpaceBeforeFields => format!("the first header line, at byte {at}, begins with whitespace"),
        SpaceBeforeTrailers => format!("the first trailer line, at byte {at}, begins with whitespace"),
        SectionTooLong(limit) => {
            format!(
                "the header or trailer section goes on at byte {at}, past its limit of {}",
                bytes(*limit as u64)
            )
        }
        TooManyFields(limit) => format!("the field at byte {at} is one more than the limit of {limit}"),
        NoHost => format!("the HTTP/1.1 request at byte {at} has no Host"),
        SeveralHosts => format!("the request at byte {at} has more than one Host"),
        BadHost => {
            format!("the Host of the request is not a host name with an optional port, by its byte at {at}")
        }

        LengthAndCoding => {
            format!("the message has both Content-Length and Transfer-Encoding, the last one at byte {at}")
        }
        BadLength => format!("the Content-Length at byte {at} is not a number"),
        DifferentLengths(one, other) => {
            format!("the message has the Content-Lengths {one} and {other}, the last one at byte {at}")
        }
        ChunkedNotLast => format!("the Transfer-Encoding at byte {at} does not end with chunked"),
        ChunkedTwice => format!("the Transfer-Encoding at byte {at} has chunked twice"),
        ChunkedParameters => format!("the Transfer-Encoding at byte {at} has chunked with parameters"),
        OtherCoding(name) => {
            format!("the Transfer-Encoding at byte {at} has the coding {name:?}, which is not known here")
        }
        CodingInHttp10 => format!("the Transfer-Encoding at byte {at} stands in an HTTP/1.0 message"),

        ChunkSize(byte) => format!("{} at byte {at} stands in a chunk's size", shown(*byte)),
        ChunkTooLarge => format!("the chunk size at byte {at} is 2^64 or more"),
        ChunkLineTooLong(limit) => {
            format!("the chunk header goes on at byte {at}, past its limit of {}", bytes(*limit as u64))
        }
        ExtensionsTooLong(limit) => {
            format!(
                "the chunk header at byte {at} brings the extensions past their limit of {}",
                bytes(*limit as u64)
            )
        }
        ChunkExtension(byte) => format!("{} at byte {at} stands in a chunk extension", shown(*byte)),
        ChunkLineLf => format!("the line of a chunk's size ends with LF alone, at byte {at}"),
        ChunkEnd(byte) => format!("{} at byte {at} follows a chunk's data", shown(*byte)),

        EmptyReply if at > 0 => {
            format!("the peer closed the connection at byte {at}, before the first byte of a final response")
        }
        EmptyReply => "the peer closed the connection without sending a byte".to_owned(),
        TruncatedBody { got, want: Some(want) } => {
            format!("the connection closed at byte {at} after {} of {} of content", count(*got), bytes(*want))
        }
        TruncatedBody { got, want: None } => {
            format!("the connection closed at byte {at} after {} of chunked content", bytes(*got))
        }
        IncompleteClose { got } => format!(
            "the connection ended at byte {at}, after {} of content, without a proper close \
             (in TLS: close_notify), and only a proper close ends this body",
            bytes(*got)
        ),
        TooManyInformational(limit) => {
            format!("the 1xx response at byte {at} is one more than the limit of {limit}")
        }
        UnaskedBytes => format!("the server sent bytes at byte {at} that answer no request"),
        UnaskedUpgrade => format!("the 101 response at byte {at} switches to what the request did not offer"),
        UnnamedUpgrade => format!("the 101 response at byte {at} does not say what it switches to"),
        UpgradeBeforeContinue => {
            format!("the 101 response at byte {at} comes while the request's body waits for 100")
        }
        TooFarAhead(limit) => {
            format!(
                "the requests sent ahead go on at byte {at}, past their limit of {}",
                bytes(*limit as u64)
            )
        }
        ContentTooLong(limit) => format!("the body is longer than its limit of {}", bytes(*limit as u64)),
        HeadTimeout => format!("the head was not complete in time: it had come up to byte {at}"),
        BodyTimeout => format!("the body did not go on in time: it had come up to byte {at}"),
        IdleTimeout => format!("nothing came in time after byte {at}, where no message was under way"),

        Unwritable { what, byte: Some(byte) } => {
            format!("{what} with {} at byte {at} was not sent", shown(*byte))
        }
        Unwritable { what, byte: None } => format!("{what} was not sent: it is empty or malformed"),
        UnwritableTarget(Some(byte)) => {
            format!("the request target with {} at byte {at} was not sent", shown(*byte))
        }
        UnwritableTarget(None) => format!("the request target was not sent: it is wrong from byte {at}"),
        UnwritableHost => {
            "the request was not sent: Host is missing, wrong, or not the host in the target".to_owned()
        }
        MisplacedTrailer { name, does } => format!("the trailer {name} was not sent: it {does}"),
        ContradictsBody(why) | OutOfTurn(why) => (*why).to_owned(),
        WrongBodyLength { declared, given } => {
            format!("{} of content were declared, {} were given", bytes(*declared), count(*given))
        }
    }
}

/// "the field value"
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Method => "the method",
            Part::StatusCode => "the status code",
            Part::ReasonPhrase => "the reason phrase",
            Part::FieldName => "the field name",
            Part::FieldValue => "the field value",
        })
    }
}

fn bytes(number: u64) -> String {
    several(number, "byte")
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
