//! What can go wrong on the way to a page, and the exit code that says so: curl's numbers.

use std::fmt;
use std::io;

use barewire_dissect::{Lesson, printable};
use {barewire_dns as dns, barewire_http1 as http1, barewire_tls13 as tls13};

/// The step that failed. The numbers are the exit codes of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Step {
    /// A URL has a scheme, or an answer a version or a status, that is not spoken here.
    Unspoken = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A URL, or where a redirect leads, is not one.
    Url = 3,
    /// The name of the proxy could not be resolved.
    ResolveProxy = 5,
    /// The name could not be resolved.
    Resolve = 6,
    /// No TCP connection.
    Connect = 7,
    /// A field of the answer cannot be read.
    WeirdReply = 8,
    /// The body ended before its end.
    Truncated = 18,
    /// The server answered with an error, and `-f` was given.
    Status = 22,
    /// A file could not be written.
    Output = 23,
    /// A file could not be read.
    Input = 26,
    /// Time ran out.
    Timeout = 28,
    /// The TLS handshake, or a record after it.
    Tls = 35,
    /// There were more redirects than `--max-redirs`.
    Redirects = 47,
    /// The server closed without a word.
    EmptyReply = 52,
    /// The reply, or the connection under it, broke.
    BrokenReply = 56,
    /// The server's certificate is not to be trusted.
    Certificate = 60,
    /// The codings of the body cannot be undone: one is not known, or the data is broken.
    Coding = 61,
    /// The body of the request would have to be sent again, and cannot be.
    Rewind = 65,
    /// The file of `--cacert` cannot be read, or holds no certificate to trust.
    Anchors = 77,
}

/// A failed run: where it failed, and the sentence that teaches why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step that failed.
    pub step: Step,
    /// What was seen, at which byte, which rule.
    pub message: String,
    /// The byte that it is about, where there is one.
    pub at: Option<usize>,
    /// The rule, where there is one.
    pub rule: Option<&'static str>,
    /// Whether the server refused the connection: its host is there, and nobody listens.
    pub is_refusal: bool,
}

impl Failure {
    /// A failure that has no byte to point at.
    pub fn new(step: Step, message: impl Into<String>) -> Failure {
        Failure { step, message: message.into(), at: None, rule: None, is_refusal: false }
    }

    /// A failure that a protocol crate explains.
    pub fn lesson(step: Step, error: &dyn Lesson) -> Failure {
        let (at, rule) = (Some(error.offset()), Some(error.rule()));
        Failure { at, rule, ..Failure::new(step, error.to_string()) }
    }

    /// An exchange that failed: by what HTTP says, or by the stream under it.
    pub fn http(error: http1::driver::Error) -> Failure {
        match error {
            http1::driver::Error::Io(error) => Failure::io(Step::BrokenReply, &error),
            http1::driver::Error::Http(error) => {
                let step = match error.reason.kind() {
                    http1::Kind::Empty => Step::EmptyReply,
                    http1::Kind::Truncated => Step::Truncated,
                    http1::Kind::Broken => Step::BrokenReply,
                    http1::Kind::Late => Step::Timeout,
                    http1::Kind::Misuse => Step::Usage,
                };
                Failure::lesson(own_step(&error.reason).unwrap_or(step), &error)
            }
        }
    }

    /// A TLS connection that was not made, or broke.
    pub fn tls(error: &tls13::Error) -> Failure {
        let step = match error {
            tls13::Error::Certificate(_) => Step::Certificate,
            tls13::Error::Config(_) => Step::Usage,
            _ => Step::Tls,
        };
        Failure::lesson(step, error)
    }

    /// A name that was not resolved.
    pub fn dns(error: &dns::stub::Error) -> Failure {
        Failure { rule: Some(error.rule()), ..Failure::new(Step::Resolve, error.to_string()) }
    }

    /// A name without addresses.
    pub fn not_found(why: &dns::stub::NotFound) -> Failure {
        Failure { rule: Some(why.rule()), ..Failure::new(Step::Resolve, why.to_string()) }
    }

    /// A failure of the connection: time that ran out is told apart from the rest.
    pub fn io(step: Step, error: &io::Error) -> Failure {
        let timed_out = matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock);
        let is_refusal = error.kind() == io::ErrorKind::ConnectionRefused;
        let step = if timed_out { Step::Timeout } else { step };
        Failure { is_refusal, ..Failure::new(step, error.to_string()) }
    }

    /// The program's exit code.
    pub fn exit_code(&self) -> u8 {
        self.step as u8
    }
}

/// What curl has a number of its own for.
fn own_step(reason: &http1::Reason) -> Option<Step> {
    use http1::Reason::{BadLength, BadStatus, BadVersion, ControlByte, MissingColon, OtherVersion};
    match reason {
        BadVersion | OtherVersion(_) | BadStatus => Some(Step::Unspoken),
        BadLength | MissingColon(_) | ControlByte(0) => Some(Step::WeirdReply),
        _ => None,
    }
}

/// The sentence. A part of it may be a server's words, a name in a certificate for example: control characters are
/// escaped, so that they cannot steer the reader's terminal.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.message))
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::{Failure, Step};

    #[test]
    fn a_servers_words_do_not_steer_the_terminal() {
        let failure = Failure::new(Step::Certificate, "the certificate names \u{1b}[2J\u{9b}1mé, not a.test");
        assert_eq!(failure.to_string(), "the certificate names \\u{1b}[2J\\u{9b}1mé, not a.test");
    }
}
