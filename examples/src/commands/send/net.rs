//! Where the packet is sent from: the client of the toy internet, or this machine.

use super::place::Place;
use super::{raw, toy};
use crate::cli::{Net, SendArgs};
use crate::craft::{Packet, Sender};
use crate::failure::{Failure, Step};

/// What the host fills in that will send the packet. Nothing is opened.
///
/// # Errors
/// [`Failure`]: no route leads to the destination.
pub(super) fn sender(args: &SendArgs, packet: &Packet) -> Result<Sender, Failure> {
    match args.net {
        Net::Toy => Ok(toy::sender()),
        Net::Raw => raw::sender(args, packet),
        Net::Os => Err(by_hand()),
    }
}

/// Opens the link, if the packet may go where it is to go.
///
/// # Errors
/// [`Failure`]: it may not, or the link cannot be opened.
pub(super) fn open(args: &SendArgs, packet: &Packet) -> Result<Place, Failure> {
    match args.net {
        Net::Toy => toy::open(packet),
        Net::Raw => raw::open(args, packet),
        Net::Os => Err(by_hand()),
    }
}

fn by_hand() -> Failure {
    Failure::new(
        Step::Usage,
        "the kernel's UDP and TCP make their headers themselves: use --net toy or --net raw",
    )
}
