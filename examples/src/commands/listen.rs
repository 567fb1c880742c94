//! `barewire listen`: our TCP as a server, on real wires or for a client of the toy internet.
//!
//! ```text
//!   Link ──▶ Machine (our TCP) ──▶ Plain: echo, discard, a file · HttpServer
//!     └────▶ Live ──▶ LiveLadder: each packet as a row
//! ```
//!
//! The machine is the one that the hosts of the toy internet are: a core without I/O, driven here over one link.
//! Tested in `tests/listening.rs`, and with curl and nc as clients in `tests/live/listening.rs`.

mod client;
mod rows;
mod serving;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_internet::{Node as _, Port};
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::route::{is_missing, local_address_for, mtu_toward};
use barewire_packet::link::{Link, Way};

use super::interrupt;
use super::output::{print, style};
use super::probing::usage;
use crate::cli::{ListenArgs, ProbeNet};
use crate::failure::Failure;
use crate::views::paragraph;
use rows::Shown;
use serving::Serving;

/// Runs the command.
///
/// # Errors
/// [`Failure`]: a file that cannot be read, an address that is not this machine's, a port that is taken.
pub fn run(args: &ListenArgs) -> Result<u8, Failure> {
    match args.net {
        ProbeNet::Toy => client::play(args),
        ProbeNet::Raw => listen(args),
    }
}

fn listen(args: &ListenArgs) -> Result<u8, Failure> {
    let local = args.bind.map_or_else(own_address, of_one_host)?;
    let failed = |error: io::Error| usage(error.to_string());
    let usual = RawOptions::default();
    let mtu = mtu_toward(SocketAddr::new(local, 9)).unwrap_or(usual.mtu).min(usual.mtu);
    let options = RawOptions { ports: vec![args.port], ephemeral: 0, mtu, ..usual };
    let mut link = RawLink::open(local, &options).map_err(failed)?;
    let guard = link.guard().map(|guard| format!(" ({guard})")).unwrap_or_default();
    let mut serving = Serving::new(args, local, link.mtu())?;
    interrupt::take_requests().map_err(|error| usage(format!("Ctrl+C cannot be caught: {error}")))?;
    let at = SocketAddr::new(local, args.port);
    let text = format!("listening at {at}: {}; a raw socket{guard}", serving.about);
    print(&format!("{}Ctrl+C ends it\n", paragraph(&text, 0, style().width)))?;
    let mut shown = Shown::new(args, link.now(), at);
    let outcome = serve(&mut link, &mut serving, &mut shown, args.once);
    match outcome {
        // The reader of the output has gone.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(0),
        outcome => outcome.map_err(failed)?,
    }
    print(&shown.summary(link.drops()))?;
    Ok(0)
}

/// The address that packets to other networks leave from. 192.0.2.1 is for documentation; nothing is sent.
fn own_address() -> Result<IpAddr, Failure> {
    local_address_for(SocketAddr::from(([192, 0, 2, 1], 9))).map_err(|error| {
        usage(format!("this machine has no way to other networks ({error}): name an address with --bind"))
    })
}

/// Our TCP answers for one address. What stands for many would be heard, and answered to nobody.
fn of_one_host(address: IpAddr) -> Result<IpAddr, Failure> {
    let is_of_many = match address {
        IpAddr::V4(address) => address.is_unspecified() || address.is_multicast() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unspecified() || address.is_multicast(),
    };
    if is_of_many {
        return Err(usage(format!(
            "{address} stands for many: name one address of this machine with --bind"
        )));
    }
    Ok(address)
}

/// Serves until Ctrl+C, or until the first connection has ended.
fn serve(link: &mut dyn Link, serving: &mut Serving, shown: &mut Shown, once: bool) -> io::Result<()> {
    while !interrupt::is_requested() {
        let now = link.now();
        while let Some(transmit) = serving.machine.transmit(now) {
            match link.send(&transmit.packet) {
                // For TCP that is a lost packet.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock || is_missing(&error) => {}
                outcome => outcome?,
            }
            shown.packet(now, Way::Sent, &transmit.packet)?;
        }
        let ended = shown.news(&serving.bulletin)?;
        if once && ended {
            return Ok(());
        }
        let patience = link.patience().map(|patience| now + patience);
        let wake = [serving.machine.deadline(), patience].into_iter().flatten().min();
        // Packets that have come together are taken in together, so that one ACK answers all of them.
        let mut next = link.receive(wake)?;
        for _ in 0..64 {
            let Some(packet) = next else { break };
            let now = link.now();
            shown.packet(now, Way::Received, &packet)?;
            serving.machine.receive(now, Port(0), packet);
            next = link.receive(Some(now))?;
        }
        on_time(serving, link.now());
    }
    Ok(())
}

fn on_time(serving: &mut Serving, now: Instant) {
    if serving.machine.deadline().is_some_and(|deadline| deadline <= now) {
        serving.machine.on_deadline(now);
    }
}
