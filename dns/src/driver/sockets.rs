//! The kernel's UDP and TCP as a [`Transport`]: sockets that never block, and one poll for all of them.
//!
//! ```text
//!   send      UDP  opens a socket, or finds the one of this question, and sends
//!             TCP  begins to connect, and keeps the message until the connection is there
//!
//!   receive   ┌─▶ a turn of each ready socket: connected? write what waits, read what came
//!             │      │                └─ a message, or an error of this one server ──▶ the caller
//!             │      ▼ nothing new
//!             └── poll, until some socket is ready or the deadline is there
//! ```
//!
//! So A and AAAA, and several servers, wait in one place, and a connection that is never answered keeps nobody from
//! taking the reply of another server. When to give a server up is a question for the query and its deadlines.
//!
//! Each question to a server gets a UDP socket of its own, on the random port that the query names. The socket is
//! connected: the kernel then drops messages from other addresses, and reports ICMP errors. The sockets of earlier
//! questions stay open, because a late answer is still an answer; of more than 64 the one that was used longest ago is
//! closed. What comes to the port of another question to the same server is dropped: a forger has to guess the port
//! (RFC 5452 §9.2), and not one of 64. A socket with news has its next turn after all the others, so a flood on one of
//! them does not hide what comes to another.
//!
//! Left out: reuse of TCP connections (RFC 7766 §6.2.1), TCP Fast Open. Tested in `tests/sockets`.

mod conversation;
mod news;
mod poll;
mod tcp;
mod udp;
mod waker;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use self::conversation::Conversation;
use self::news::News;
use self::tcp::TcpConversation;
use self::udp::UdpConversation;
use super::tap::{Direction, Tap};
use super::transport::{Received, Transport, Unreachable};
use crate::stub::{Protocol, Transmit};

pub use self::waker::Waker;

/// Room for the largest datagram: a server may send more than our OPT record allows.
const LARGEST: usize = 65_535;

/// How many sockets are open, unless the caller says so. A lookup of A and AAAA with three servers has twelve, if all
/// goes wrong.
const MOST: usize = 64;

/// The sockets of one lookup, or of several one after the other.
pub struct Sockets<'t> {
    /// By a number that grows.
    conversations: BTreeMap<u64, Conversation>,
    numbered: u64,
    /// Those that have news, says the system. The next one to have its turn is the first.
    ready: VecDeque<u64>,
    /// Connections that had news, and may have more in what was read already. Their next turn is after all others.
    again: Vec<u64>,
    /// What is read goes here first.
    buffer: Vec<u8>,
    tap: Watcher<'t>,
    /// How many sockets may be open.
    most: usize,
    waker: Option<Waker>,
}

/// Who sees the messages.
enum Watcher<'t> {
    Nobody,
    Lent(&'t mut dyn Tap),
    Owned(Box<dyn Tap>),
}

impl Default for Sockets<'_> {
    fn default() -> Self {
        Sockets::new()
    }
}

impl Sockets<'static> {
    /// No socket yet, and a tap of their own that sees every message.
    pub fn owning_tap(tap: Box<dyn Tap>) -> Sockets<'static> {
        Sockets::watched_by(Watcher::Owned(tap))
    }
}

impl<'t> Sockets<'t> {
    /// No socket yet: one is opened when there is something to send.
    pub fn new() -> Sockets<'t> {
        Sockets::watched_by(Watcher::Nobody)
    }

    /// The same, with a tap that sees every message.
    pub fn with_tap(tap: &'t mut dyn Tap) -> Sockets<'t> {
        Sockets::watched_by(Watcher::Lent(tap))
    }

    fn watched_by(tap: Watcher<'t>) -> Sockets<'t> {
        Sockets {
            conversations: BTreeMap::new(),
            numbered: 0,
            ready: VecDeque::new(),
            again: Vec::new(),
            buffer: vec![0; LARGEST],
            tap,
            most: MOST,
            waker: None,
        }
    }

    /// The same, with at most so many sockets open: a server that asks for many clients needs more than 64.
    pub fn with_room(self, most: usize) -> Sockets<'t> {
        Sockets { most: most.max(1), ..self }
    }

    /// What another thread can end a wait with: [`receive`](Transport::receive) then returns `None` before its
    /// deadline.
    ///
    /// # Errors
    /// The system has no socket for it.
    pub fn waker(&mut self) -> io::Result<Waker> {
        match &self.waker {
            Some(waker) => Ok(waker.clone()),
            None => Ok(self.waker.insert(Waker::open()?).clone()),
        }
    }

    fn tell(&mut self, direction: Direction, protocol: Protocol, ends: [SocketAddr; 2], bytes: &[u8]) {
        let tap = match &mut self.tap {
            Watcher::Nobody => return,
            Watcher::Lent(tap) => &mut **tap,
            Watcher::Owned(tap) => &mut **tap,
        };
        tap.message(Instant::now(), direction, protocol, ends[0], ends[1], bytes);
    }

    /// The open UDP socket for this server and port, or a new one.
    fn udp(&mut self, transmit: &Transmit) -> io::Result<UdpConversation> {
        let open = self.conversations.iter().find_map(|(number, conversation)| match conversation {
            Conversation::Udp(udp) => udp.serves(transmit).then_some(*number),
            Conversation::Tcp(_) => None,
        });
        match open.and_then(|number| self.conversations.remove(&number)) {
            Some(Conversation::Udp(udp)) => Ok(udp),
            _ => UdpConversation::open(transmit),
        }
    }

    /// A turn of each socket that has news, until one of them has a message or an error.
    fn turn(&mut self) -> Result<Option<Received>, Unreachable> {
        while let Some(number) = self.ready.pop_front() {
            let Some(conversation) = self.conversations.get_mut(&number) else { continue };
            let (protocol, ends) = (conversation.protocol(), conversation.ends());
            let news = conversation.turn(&mut self.buffer);
            if protocol == Protocol::Tcp && matches!(news, Ok(News::Sent(_) | News::Came(_))) {
                self.again.push(number);
            }
            match news {
                Ok(News::None) => {}
                Ok(News::Sent(bytes)) => self.tell(Direction::Sent, protocol, ends, &bytes),
                Ok(News::Came(bytes)) => {
                    if !self.is_astray(number, &bytes) {
                        self.tell(Direction::Received, protocol, ends, &bytes);
                        return Ok(Some(Received { protocol, from: ends[1], bytes }));
                    }
                }
                Err(why) => {
                    let ended = self.conversations.remove(&number);
                    if let Some(ended) = ended.filter(|ended| self.counts(ended)) {
                        let question = ended.only_question();
                        return Err(Unreachable { protocol, to: ends[1], question, why });
                    }
                }
            }
        }
        Ok(None)
    }

    /// Waits until sockets have news, but not where some may have more already.
    fn wait(&mut self, left: Duration) {
        let left = if self.again.is_empty() { left } else { Duration::ZERO };
        self.ready.extend(poll::wait(&self.conversations, self.waker.as_ref(), left));
        let more = self.again.drain(..).filter(|number| !self.ready.contains(number)).collect::<Vec<_>>();
        self.ready.extend(more);
    }

    /// Whether a datagram that came to a socket has the ID of a question to the same server that was sent from another.
    fn is_astray(&self, number: u64, bytes: &[u8]) -> bool {
        let Some(Conversation::Udp(here)) = self.conversations.get(&number) else { return false };
        let id = bytes.first_chunk().copied();
        let is_the_one = |other: &Conversation| match other {
            Conversation::Udp(udp) => udp.remote == here.remote && udp.id == id,
            Conversation::Tcp(_) => false,
        };
        id.is_some() && here.id != id && self.conversations.values().any(is_the_one)
    }

    /// Makes room for another conversation.
    fn close_the_oldest(&mut self) {
        while self.conversations.len() >= self.most {
            let used = self.conversations.iter().map(|(number, held)| (held.used(), *number));
            let Some((_, oldest)) = used.min() else { return };
            self.conversations.remove(&oldest);
        }
    }

    /// Whether the end of a conversation is news. Not if the same question is still under way to this server in another
    /// one. A query knows by the ID whether it still waits for a connection that was open: what came over it may have
    /// been ignored. Of other conversations that have brought something nothing more is expected.
    fn counts(&self, ended: &Conversation) -> bool {
        let is_told_by_id = ended.only_question().is_some();
        (is_told_by_id || !ended.has_answered())
            && !self.conversations.values().any(|other| other.asks_the_same_as(ended))
    }
}

impl Transport for Sockets<'_> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn send(&mut self, transmit: &Transmit) -> io::Result<()> {
        let conversation = match transmit.protocol {
            Protocol::Udp => {
                let mut udp = self.udp(transmit)?;
                udp.send(&transmit.bytes)?;
                self.tell(Direction::Sent, Protocol::Udp, [udp.local, udp.remote], &transmit.bytes);
                Conversation::Udp(udp)
            }
            // The tap sees the message when the connection takes it.
            Protocol::Tcp => Conversation::Tcp(TcpConversation::begin(transmit)?),
        };
        self.close_the_oldest();
        self.numbered += 1;
        self.conversations.insert(self.numbered, conversation);
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> Result<Option<Received>, Unreachable> {
        loop {
            // The time comes first: a server that never stops sending must not keep the deadline from its turn.
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            if let Some(received) = self.turn()? {
                return Ok(Some(received));
            }
            if self.waker.as_ref().is_some_and(Waker::is_called) {
                return Ok(None);
            }
            self.wait(left);
        }
    }
}
