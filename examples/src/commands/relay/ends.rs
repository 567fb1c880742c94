//! The two devices of a relay.

use std::io;

use barewire_internet::relay::driver::{End, Ethernet};
use barewire_packet::link::tun::{Tun, TunOptions};

use crate::cli::RelayArgs;
use crate::failure::{Failure, Step};

/// Opens both devices.
pub(super) fn open(args: &RelayArgs) -> Result<[Box<dyn End>; 2], Failure> {
    if args.left == args.right {
        return Err(Failure::new(Step::Usage, format!("{} is one device; a relay has two", args.left)));
    }
    Ok([open_one(args, &args.left)?, open_one(args, &args.right)?])
}

fn open_one(args: &RelayArgs, name: &str) -> Result<Box<dyn End>, Failure> {
    let opened = if args.tun {
        let options = TunOptions { name: Some(name.to_owned()), ..TunOptions::default() };
        Tun::open(&options).map(|end| Box::new(end) as Box<dyn End>)
    } else {
        Ethernet::open(name).map(|end| Box::new(end) as Box<dyn End>)
    };
    opened.map_err(|error| explained(name, &error))
}

/// What could not be opened. The error says the way out, but not who knows all of them.
fn explained(name: &str, error: &io::Error) -> Failure {
    let doctor = match error.kind() {
        io::ErrorKind::PermissionDenied => "; `barewire doctor` says what this machine allows",
        _ => "",
    };
    Failure::new(Step::Usage, format!("{name}: {error}{doctor}"))
}
