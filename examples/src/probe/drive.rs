//! What the cores of ping, traceroute and scan have in common, and the loop that drives one over a link.

use std::io;
use std::time::Instant;

use barewire_packet::ip::{Defragmenter, Fragments, IpPacket};
use barewire_packet::link::Link;

/// A core that sends probes. It does no I/O: see [the five verbs](barewire_dissect).
pub trait Prober {
    /// What the caller should know.
    type Event;

    /// A packet came in: an answer to a probe, or anything else that the link hears.
    fn receive(&mut self, now: Instant, packet: &[u8]);

    /// The next packet to send, if there is one to be sent now.
    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>>;

    /// When to call [`on_deadline`](Prober::on_deadline). `None`: all is over.
    fn deadline(&self) -> Option<Instant>;

    /// It is that time: probes get no answer any more, or the next one is due.
    fn on_deadline(&mut self, now: Instant);

    /// What happened, oldest first. There is one event at the most for each packet and each probe.
    fn event(&mut self) -> Option<Self::Event>;

    /// The link did not take a packet that [`transmit`](Prober::transmit) gave: the system says why. An error that
    /// concerns more than this packet is given back, and ends the run.
    ///
    /// # Errors
    /// The error itself.
    fn refused(&mut self, _now: Instant, _packet: &[u8], error: io::Error) -> io::Result<()> {
        Err(error)
    }

    /// The user wants an end: nothing more is sent, and nothing more is waited for.
    fn stop(&mut self, now: Instant);

    /// Whether all is over.
    fn is_over(&self) -> bool {
        self.deadline().is_none()
    }
}

/// Drives a core over a link until it is over, or until `wants_end` says so. Each event goes to `tell`, with the time.
/// Fragments are put together on the way in.
///
/// # Errors
/// Those of the link, and those of `tell`.
pub fn run<P: Prober>(
    link: &mut dyn Link,
    prober: &mut P,
    wants_end: &dyn Fn() -> bool,
    mut tell: impl FnMut(Instant, P::Event) -> io::Result<()>,
) -> io::Result<()> {
    let start = link.now();
    let mut pieces = Defragmenter::new();
    loop {
        if wants_end() {
            prober.stop(link.now());
        }
        // One packet at a time: however many are due, what has come is heard, and a wish to end.
        let packet = prober.transmit(link.now());
        match packet.as_ref().map_or(Ok(()), |packet| link.send(packet)) {
            // The system has no room for it now: for a probe that is a loss.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => prober.refused(link.now(), packet.as_deref().unwrap_or_default(), error)?,
            Ok(()) => {}
        }
        while let Some(event) = prober.event() {
            tell(link.now(), event)?;
        }
        let until = match (prober.deadline(), &packet) {
            (None, None) => return Ok(()),
            // Another packet may be due now.
            (_, Some(_)) => link.now(),
            (Some(deadline), None) => {
                let patience = link.patience().map(|patience| link.now() + patience);
                patience.map_or(deadline, |patience| patience.min(deadline))
            }
        };
        if let Some(packet) = link.receive(Some(until))? {
            let now = link.now();
            if let Some(packet) = whole(&mut pieces, now.saturating_duration_since(start), packet) {
                prober.receive(now, &packet);
            }
        }
        let now = link.now();
        if prober.deadline().is_some_and(|deadline| deadline <= now) {
            prober.on_deadline(now);
        }
    }
}

/// The packet, or what became whole by it. `None`: more pieces have to come.
fn whole(pieces: &mut Defragmenter, time: std::time::Duration, packet: Vec<u8>) -> Option<Vec<u8>> {
    let outcome = match IpPacket::parse(&packet) {
        Ok(parsed) => pieces.receive(time, &parsed),
        // The core counts what cannot be read.
        Err(_) => return Some(packet),
    };
    match outcome {
        Fragments::NotAFragment => Some(packet),
        Fragments::Whole { packet } => Some(packet),
        _ => None,
    }
}
