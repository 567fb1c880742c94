//! What `fetch` does with a response as it comes: the head with -i, the body, and nothing of an answer that -f takes
//! for a failure.

use std::io::{self, Write};

use barewire_http1::Response;

use crate::cli::AnswerArgs;
use crate::commands::output::unwritable;
use crate::failure::{Failure, Step};
use crate::fetch::{Sink, Standing};

/// Writes a response to where the command line wants it.
pub(super) struct Receiver {
    to: Box<dyn Write>,
    /// Whether heads are written, too.
    includes: bool,
    /// Whether an answer of 400 and above is a failure.
    fails: bool,
}

impl Receiver {
    /// A receiver that writes there. With -s, -I prints the head, as curl does.
    pub(super) fn new(to: Box<dyn Write>, answer: &AnswerArgs, asks_for_head: bool) -> Receiver {
        let includes = answer.include || answer.silent && asks_for_head;
        Receiver { to, includes, fails: answer.fail }
    }

    /// Ends the output.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.to.flush().map_err(|error| broken(&error))
    }
}

impl Sink for Receiver {
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
        self.to.write_all(piece).map_err(|error| broken(&error))
    }
}

fn broken(error: &io::Error) -> Failure {
    unwritable("the body", error)
}

/// The head in the form that it had on the wire.
fn head_as_text(head: &Response) -> Vec<u8> {
    let mut out = format!("{head}\r\n").into_bytes();
    for field in head.headers.iter() {
        out.extend([field.name.as_bytes(), b": ", &field.value, b"\r\n"].concat());
    }
    out.extend(b"\r\n");
    out
}
