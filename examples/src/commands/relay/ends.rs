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
    if args.tun {
        // The error says the way out already.
        let opened = Tun::open(&TunOptions { name: Some(name.to_owned()), ..TunOptions::default() });
        return opened
            .map(|end| Box::new(end) as Box<dyn End>)
            .map_err(|error| Failure::new(Step::Usage, format!("{name}: {error}")));
    }
    Ethernet::open(name).map(|end| Box::new(end) as Box<dyn End>).map_err(|error| explained(&error))
}

/// What could not be opened, with the way out.
fn explained(error: &io::Error) -> Failure {
    let way_out = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "; it takes CAP_NET_RAW: run it as root (sudo), or in a lab (barewire lab shell --topology pair). \
             `barewire doctor` says what this machine allows"
        }
        io::ErrorKind::NotFound => "; `ip link` lists the devices",
        _ => "",
    };
    Failure::new(Step::Usage, format!("{error}{way_out}"))
}
