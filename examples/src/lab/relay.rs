//! The slow wire of the topology `path`: the relay of `barewire-internet`, on a thread at the host `relay`.

use std::io;
use std::sync::mpsc;

use barewire_internet::relay::driver::{End, Ethernet, run};
use barewire_internet::relay::{Plan, Relay};

use super::hosts::Host;
use super::threads;

/// Starts the relay between the two devices of a host, the left one first. It runs as long as the lab.
///
/// # Errors
/// One of the devices cannot be opened.
pub(super) fn start(host: &Host, devices: [&'static str; 2], plan: &Plan) -> io::Result<()> {
    let (plan, (tell, told)) = (plan.clone(), mpsc::channel());
    host.try_inside(|| {
        threads::start(move || match open(devices) {
            Ok(mut ends) => {
                let _ = tell.send(Ok(()));
                let mut relay = Relay::new(ends[0].framing(), &plan);
                let _ = run(&mut relay, &mut ends, &mut |_| true);
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        })
    })?;
    told.recv().unwrap_or_else(|_| Err(io::Error::other("the relay ended at once")))
}

fn open([left, right]: [&str; 2]) -> io::Result<[Box<dyn End>; 2]> {
    Ok([Box::new(Ethernet::open(left)?), Box::new(Ethernet::open(right)?)])
}
