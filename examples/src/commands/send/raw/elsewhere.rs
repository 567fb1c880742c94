//! Only Linux lets a program send and hear any packet.

use crate::cli::SendArgs;
use crate::commands::send::place::Place;
use crate::craft::{Packet, Sender};
use crate::failure::{Failure, Step};

pub(in crate::commands::send) fn sender(_: &SendArgs, _: &Packet) -> Result<Sender, Failure> {
    Err(unsupported())
}

pub(in crate::commands::send) fn open(_: &SendArgs, _: &Packet) -> Result<Place, Failure> {
    Err(unsupported())
}

fn unsupported() -> Failure {
    let why = "only Linux lets a program send and hear any packet; on Windows, WSL2 has it. --net toy works everywhere";
    Failure::new(Step::Usage, why)
}
