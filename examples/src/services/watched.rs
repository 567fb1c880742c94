//! A program whose connections are told of: for a caller outside the machine, when the program itself does not tell.
//! Tested in `tests/listening.rs`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_tcp::{Error, Event, Handle, Host, State};

use super::plain::{Bulletin, What};
use super::program::{Arrived, Program, Sockets};

/// A program, and the news of its connections at a port.
pub struct Watched {
    program: Box<dyn Program>,
    port: u16,
    clients: BTreeMap<Handle, Client>,
    bulletin: Bulletin,
}

/// A connection, and how many bytes have gone over it.
struct Client {
    address: SocketAddr,
    received: u32,
    sent: u32,
}

impl Watched {
    /// This program, which listens at the port.
    pub fn new(program: Box<dyn Program>, port: u16) -> Watched {
        Watched { program, port, clients: BTreeMap::new(), bulletin: Bulletin::default() }
    }

    /// What happens to its connections.
    pub fn bulletin(&self) -> Bulletin {
        self.bulletin.clone()
    }

    fn end(&mut self, handle: Handle, in_order: bool) {
        if let Some(Client { address, received, sent }) = self.clients.remove(&handle) {
            let (received, sent) = (received.into(), sent.into());
            self.bulletin.add(address, What::Ended { received, sent, in_order });
        }
    }
}

/// Counts by the numbers of TCP. SYN and FIN take one each. A connection that is over has sent its FIN, or what it has
/// sent was counted before.
fn count(tcp: &Host, handle: Handle, client: &mut Client) {
    let Some(variables) = tcp.variables(handle) else { return };
    let has_fin = !matches!(variables.state, State::SynReceived | State::Established | State::CloseWait);
    let (rcv, snd) = (variables.rcv, variables.snd);
    let received = rcv.nxt.since(rcv.irs).saturating_sub(1 + u32::from(tcp.peer_has_closed(handle)));
    let sent = snd.nxt.since(snd.iss).saturating_sub(1 + u32::from(has_fin));
    (client.received, client.sent) = (client.received.max(received), client.sent.max(sent));
}

impl Program for Watched {
    fn start(&mut self, sockets: &mut Sockets) -> Result<(), Error> {
        self.program.start(sockets)
    }

    fn tcp(&mut self, now: Instant, sockets: &mut Sockets, event: &Event) {
        if let Some(client) = self.clients.get_mut(&event.handle()) {
            count(&sockets.tcp, event.handle(), client);
        }
        match event {
            Event::Accepted { port, handle } if *port == self.port => {
                if let Some((_, address)) = sockets.tcp.ends(*handle) {
                    self.clients.insert(*handle, Client { address, received: 0, sent: 0 });
                    self.bulletin.add(address, What::Opened);
                }
            }
            Event::Closed(handle) => self.end(*handle, true),
            Event::Reset(handle) | Event::TimedOut(handle) | Event::Unreachable(handle) => {
                self.end(*handle, false);
            }
            _ => {}
        }
        self.program.tcp(now, sockets, event);
    }

    fn datagram(&mut self, now: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        self.program.datagram(now, sockets, datagram)
    }

    fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        self.program.turn(now, sockets);
        self.clients.iter_mut().for_each(|(handle, client)| count(&sockets.tcp, *handle, client));
    }

    fn deadline(&self) -> Option<Instant> {
        self.program.deadline()
    }
}
