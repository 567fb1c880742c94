//! Two [`Host`]s, and the loop that carries packets between them.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::{Config, Event, Handle, Host};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{Application, Count, Drive, MTU, PORT, Transfer};

/// How far the clock moves in a turn of the loop. It is there to be asked, not to be waited for.
const TURN: Duration = Duration::from_micros(1);

/// A host, and the packets on their way to it.
struct End {
    host: Host,
    waiting: VecDeque<Vec<u8>>,
}

/// As it is by default, with buffers of this size.
pub(super) fn config(buffer: usize) -> Config {
    let congestion = CongestionControl::Reno;
    Config { mtu: MTU, receive_buffer: buffer, send_buffer: buffer, congestion, ..Config::default() }
}

/// The host at the address that ends so.
pub(super) fn host(last: u8, config: Config) -> Host {
    Host::new(vec![address(last)], config, Box::new(ChaCha8Rng::seed_from_u64(last.into())))
}

impl End {
    fn new(last: u8, buffer: usize) -> End {
        End { host: host(last, config(buffer)), waiting: VecDeque::new() }
    }

    /// Takes packets that wait; whether there were any.
    fn receive(&mut self, now: Instant, drive: Drive) -> bool {
        let mut any = false;
        while let Some(packet) = self.waiting.pop_front() {
            any = true;
            assert!(self.host.receive(now, &packet).is_none(), "a good packet");
            if drive == Drive::One {
                break;
            }
        }
        any
    }

    /// Sends all there is to send to the other end; whether there was any.
    fn transmit(&mut self, now: Instant, to: &mut VecDeque<Vec<u8>>, count: &mut Count) -> bool {
        let mut any = false;
        while let Some(transmit) = self.host.transmit(now) {
            any = true;
            count.add(&transmit.packet);
            to.push_back(transmit.packet);
        }
        any
    }
}

/// Sends what the application writes from one host to the other.
pub(super) fn transfer(Transfer { drive, buffer }: Transfer, mut application: Application) -> Count {
    let mut now = Instant::now();
    let (mut sender, mut receiver) = (End::new(1, buffer), End::new(2, buffer));
    let mut count = Count::default();
    receiver.host.listen(PORT, 1).expect("a free port");
    let to = SocketAddr::new(address(2), PORT);
    let out = sender.host.connect(now, to).expect("a connection");
    let mut accepted = None;
    while !application.is_done() {
        now += TURN;
        let mut moved = sender.receive(now, drive);
        application.write(|bytes| sender.host.write(out, bytes).expect("an open connection"));
        moved |= sender.transmit(now, &mut receiver.waiting, &mut count);
        // The sender goes on when the receiver has dealt with all that came, one way or the other.
        loop {
            let more = receiver.receive(now, drive);
            moved |= more;
            accepted = accepted.or_else(|| newly_accepted(&mut receiver.host));
            if let Some(handle) = accepted {
                application.read(|buffer| receiver.host.read(handle, buffer).expect("an open connection"));
            }
            moved |= receiver.transmit(now, &mut sender.waiting, &mut count);
            if !more {
                break;
            }
        }
        if !moved {
            now = next_deadline(&mut sender.host, &mut receiver.host, now);
        }
    }
    count
}

/// Nothing is on the wire: time moves on to the next timer, a delayed ACK most likely.
fn next_deadline(sender: &mut Host, receiver: &mut Host, now: Instant) -> Instant {
    let deadline = [sender.deadline(), receiver.deadline()].into_iter().flatten().min();
    let now = deadline.expect("a timer, or nothing will ever happen").max(now);
    sender.on_deadline(now);
    receiver.on_deadline(now);
    now
}

/// The connection that the host has accepted last.
pub(super) fn newly_accepted(host: &mut Host) -> Option<Handle> {
    std::iter::from_fn(|| host.event()).find_map(|event| match event {
        Event::Accepted { handle, .. } => Some(handle),
        _ => None,
    })
}

pub(super) fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}
