//! What `fetch` does with a response as it comes: the head with -i, the body, and nothing of an answer that -f takes
//! for a failure.

use std::io::{self, Write};
use std::time::Instant;

use barewire_http1::{Headers, Response};
use barewire_packet::capture::Capture;

use super::measured::Measured;
use super::write_out::write_out;
use crate::cli::FetchArgs;
use crate::commands::output::{Destination, body_sink, complain, unwritable};
use crate::failure::{Failure, Step};
use crate::fetch::{Attempt, Sink, Standing, Visit};
use crate::story::Story;
use crate::trace::Trace;
use crate::views::several;

/// Writes a response to where the command line wants it.
pub(super) struct Receiver<'a> {
    to: Box<dyn Write>,
    destination: Destination,
    is_silent: bool,
    /// What -w writes when it is over, as it has to stand between two bodies.
    measures: Option<Measures<'a>>,
    /// Whether heads are written, too.
    includes: bool,
    /// Whether bodies are written. With -I they are not, also where -X asks for one.
    has_body: bool,
    /// Whether an answer of 400 and above is a failure.
    fails: bool,
}

/// What -w writes of one URL of several.
pub(super) struct Measures<'a> {
    pub(super) number: usize,
    pub(super) format: &'a str,
    pub(super) to: &'a Destination,
    /// Makes the story of a capture.
    pub(super) story: &'a dyn Fn(&Capture) -> Story,
}

impl<'a> Receiver<'a> {
    /// A receiver that writes there. With -s, -I prints the head, as curl does.
    pub(super) fn new(to: &Destination, args: &FetchArgs, measures: Option<Measures<'a>>) -> Receiver<'a> {
        let answer = &args.answer;
        let includes = answer.include || answer.silent && args.request.head;
        let (writer, destination) = (body_sink(to, answer.silent), to.clone());
        let (is_silent, fails, has_body) = (answer.silent, answer.fail, !args.request.head);
        Receiver { to: writer, destination, is_silent, measures, includes, has_body, fails }
    }
}

impl Sink for Receiver<'_> {
    fn head(&mut self, head: &Response, standing: Standing) -> Result<(), Failure> {
        if self.includes {
            self.to.write_all(&head_as_text(head)).map_err(|error| broken(&error))?;
        }
        if self.fails && standing == Standing::Answer && head.status >= 400 {
            let text =
                format!("the server answered {} {}, which -f takes for a failure", head.status, head.reason);
            return Err(Failure::new(Step::Status, text.replace(" ,", ",")));
        }
        Ok(())
    }

    fn body(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let piece = if self.has_body { piece } else { &[] };
        self.to.write_all(piece).map_err(|error| broken(&error))
    }

    /// With -i they follow the body, as in curl.
    fn trailers(&mut self, fields: &Headers) -> Result<(), Failure> {
        match self.includes {
            true => self.to.write_all(&fields_as_text(fields)).map_err(|error| broken(&error)),
            false => Ok(()),
        }
    }

    /// A file begins again. What was printed stays, as in curl.
    fn again(&mut self, attempt: &Attempt) -> Result<(), Failure> {
        self.to = body_sink(&self.destination, self.is_silent);
        if !self.is_silent {
            let Attempt { cause, wait, left } = attempt;
            let wait = wait.as_secs_f64();
            let more = match left {
                0 => "for the last time".to_owned(),
                left => format!("and {} could follow", several((*left).into(), "more attempt")),
            };
            complain(&format!("{cause}; it is tried again in {wait:.1} s, {more}"));
        }
        Ok(())
    }

    fn over(&mut self, visit: &mut Visit, trace: &Trace, now: Instant) {
        if visit.failure.is_none() {
            visit.failure = self.to.flush().map_err(|error| broken(&error)).err();
        }
        if let Some(Measures { number, format, to, story }) = &self.measures {
            let story = story(&trace.copy(now));
            let written = write_out(format, &Measured::of(*number, visit, to, &story)).print();
            if visit.failure.is_none() {
                visit.failure = written.err();
            }
        }
    }
}

fn broken(error: &io::Error) -> Failure {
    unwritable("the body", error)
}

/// The head in the form that it had on the wire.
fn head_as_text(head: &Response) -> Vec<u8> {
    let mut out = format!("{head}\r\n").into_bytes();
    out.extend(fields_as_text(&head.headers));
    out.extend(b"\r\n");
    out
}

fn fields_as_text(fields: &Headers) -> Vec<u8> {
    let lines = fields.iter().map(|field| [field.name.as_bytes(), b": ", &field.value, b"\r\n"].concat());
    lines.collect::<Vec<_>>().concat()
}
