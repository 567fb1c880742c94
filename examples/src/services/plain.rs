//! The old plain services of TCP: what a client sends comes back (echo, RFC 862), is thrown away (discard, RFC 863), or
//! each client is sent the same bytes.
//!
//! A connection is closed when the client has closed its half, and all has been sent. Tested in `tests/listening.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use barewire_tcp::{Config, Error, Event, Handle};

use super::program::{Program, Sockets};

/// What a client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// Its own bytes.
    Echo,
    /// Not one byte: what it sends is thrown away.
    Discard,
    /// These bytes, whatever it sends.
    Send(Arc<[u8]>),
}

/// What happened to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The client.
    pub client: SocketAddr,
    /// What happened.
    pub what: What,
}

/// What can happen to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was made.
    Opened,
    /// It ended in good order, or not.
    Ended {
        /// Bytes of the client's that were read.
        received: u64,
        /// Bytes that were written.
        sent: u64,
        /// Whether both ends closed it.
        in_order: bool,
    },
}

/// News of a service, for a caller outside the machine.
#[derive(Debug, Clone, Default)]
pub struct Bulletin(Arc<Mutex<VecDeque<News>>>);

impl Bulletin {
    /// The oldest news that nobody has taken.
    pub fn next(&self) -> Option<News> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    pub(super) fn add(&self, client: SocketAddr, what: What) {
        let mut news = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        news.push_back(News { client, what });
        if news.len() > MOST_NEWS {
            news.pop_front();
        }
    }
}

/// News that are kept while nobody takes them.
const MOST_NEWS: usize = 4096;

/// As much is read at a time, and kept until it is written.
const CHUNK: usize = 64 * 1024;

/// A connection of the service.
struct Client {
    address: SocketAddr,
    /// What was read, and is not written yet.
    waiting: VecDeque<u8>,
    received: u64,
    sent: u64,
    is_closed: bool,
}

/// The program that serves.
pub struct Plain {
    port: u16,
    backlog: usize,
    service: Service,
    /// How its connections are; `None`: as the host's.
    config: Option<Config>,
    clients: BTreeMap<Handle, Client>,
    bulletin: Bulletin,
}

impl Plain {
    /// This service on a port, with room for so many half-open connections.
    pub fn new(port: u16, backlog: usize, service: Service) -> Plain {
        let (clients, bulletin) = (BTreeMap::new(), Bulletin::default());
        Plain { port, backlog, service, config: None, clients, bulletin }
    }

    /// The same with other settings of TCP.
    pub fn with_config(self, config: Config) -> Plain {
        Plain { config: Some(config), ..self }
    }

    /// What happens to its connections.
    pub fn bulletin(&self) -> Bulletin {
        self.bulletin.clone()
    }

    fn end(&mut self, handle: Handle, in_order: bool) {
        if let Some(Client { address, received, sent, .. }) = self.clients.remove(&handle) {
            self.bulletin.add(address, What::Ended { received, sent, in_order });
        }
    }
}

impl Program for Plain {
    fn start(&mut self, sockets: &mut Sockets) -> Result<(), Error> {
        let config = self.config.unwrap_or(*sockets.tcp.config());
        sockets.tcp.listen_with(self.port, self.backlog, config)
    }

    fn tcp(&mut self, _: Instant, sockets: &mut Sockets, event: &Event) {
        match event {
            Event::Accepted { port, handle } if *port == self.port => {
                if let Some((_, address)) = sockets.tcp.ends(*handle) {
                    let (waiting, is_closed) = (VecDeque::new(), false);
                    self.clients
                        .insert(*handle, Client { address, waiting, received: 0, sent: 0, is_closed });
                    self.bulletin.add(address, What::Opened);
                }
            }
            Event::Closed(handle) => self.end(*handle, true),
            Event::Reset(handle) | Event::TimedOut(handle) | Event::Unreachable(handle) => {
                self.end(*handle, false);
            }
            _ => {}
        }
    }

    fn turn(&mut self, _: Instant, sockets: &mut Sockets) {
        for (handle, client) in &mut self.clients {
            serve(&self.service, *handle, client, sockets);
        }
    }
}

/// Reads what there is and writes what there is room for, until neither goes on. An error means that the connection is
/// over, which its event tells.
fn serve(service: &Service, handle: Handle, client: &mut Client, sockets: &mut Sockets) {
    let mut chunk = vec![0; CHUNK];
    loop {
        let room = CHUNK - client.waiting.len().min(CHUNK);
        let read = sockets.tcp.read(handle, &mut chunk[..room]).unwrap_or(0);
        client.received += read as u64;
        if *service == Service::Echo {
            client.waiting.extend(&chunk[..read]);
        }
        let written = match service {
            Service::Send(content) => {
                let rest = content.get(client.sent as usize..).unwrap_or_default();
                if rest.is_empty() { 0 } else { sockets.tcp.write(handle, rest).unwrap_or(0) }
            }
            _ if client.waiting.is_empty() => 0,
            _ => sockets.tcp.write(handle, client.waiting.make_contiguous()).unwrap_or(0),
        };
        client.waiting.drain(..written.min(client.waiting.len()));
        client.sent += written as u64;
        if read == 0 && written == 0 {
            break;
        }
    }
    let has_sent_all = match service {
        Service::Send(content) => client.sent >= content.len() as u64,
        _ => {
            let has_read_all = sockets.tcp.peer_has_closed(handle) && sockets.tcp.unread(handle) == 0;
            has_read_all && client.waiting.is_empty()
        }
    };
    if has_sent_all && !std::mem::replace(&mut client.is_closed, true) {
        sockets.tcp.close(handle);
    }
}
