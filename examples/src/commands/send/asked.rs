//! The packet that the command line asks for.

use std::io::{self, IsTerminal, Write};

use crate::cli::SendArgs;
use crate::commands::hex;
use crate::commands::input::read_at_most;
use crate::craft::{self, Built, Packet, Sender};
use crate::failure::{Failure, Step};

/// The largest packet has 65,535 bytes. Each may be written with much around it.
const MOST_HEX: u64 = 1 << 20;

/// Reads the packet: from the line, or its bytes from a file.
///
/// # Errors
/// [`Failure`]: not a packet, or not a file.
pub(super) fn packet(args: &SendArgs) -> Result<Packet, Failure> {
    let text = match (&args.packet, &args.from_hex) {
        (_, Some(path)) => {
            let name = path.display();
            let bytes = hex::bytes(&read_at_most(path, MOST_HEX)?)
                .map_err(|why| Failure::new(Step::Usage, format!("{name}: {why}")))?;
            if bytes.is_empty() {
                return Err(Failure::new(Step::Usage, format!("{name}: there are no bytes in it")));
            }
            format!("hex({})", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        (Some(text), None) => text.clone(),
        // The command line asks for one of them.
        (None, None) => String::new(),
    };
    craft::packet(&text).map_err(|error| told(&error))
}

/// Its bytes, as this host sends it.
///
/// # Errors
/// [`Failure`]: something is missing in it.
pub(super) fn built(packet: &Packet, sender: &Sender) -> Result<Built, Failure> {
    packet.build(sender).map_err(|error| told(&error))
}

/// A fault of the language. The line with its place stands above the sentence.
fn told(error: &craft::Error) -> Failure {
    let figure = error.figure(if io::stderr().is_terminal() { 80 } else { 100 });
    let _ = anstream::stderr().write_all(figure.as_bytes());
    Failure::new(Step::Usage, format!("the packet, {error}"))
}
