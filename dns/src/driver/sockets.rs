//! The kernel's UDP and TCP as a [`Transport`]: plain blocking sockets with time limits.
//!
//! Each question to a server gets a UDP socket of its own, on the random port that the query names. The socket is
//! connected: the kernel then drops messages from other addresses, and reports ICMP errors. The sockets of earlier
//! questions stay open, because a late answer is still an answer.
//!
//! Left out: reuse of TCP connections (RFC 7766 §6.2.1), TCP Fast Open. Tested in `tests/sockets.rs`.

mod tcp;
mod udp;
mod wait;

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use self::tcp::TcpConversation;
use self::udp::UdpConversation;
use super::tap::{Direction, Tap};
use super::{Received, Transport};
use crate::stub::{Protocol, Transmit};

/// With several sockets open, each is waited for so long before the next one gets its turn. A message waits for at most
/// one turn of each other socket.
const TURN: Duration = Duration::from_millis(1);

/// The sockets of one lookup.
#[derive(Default)]
pub struct Sockets<'t> {
    /// In the order in which they were last sent on.
    conversations: Vec<Conversation>,
    tap: Watcher<'t>,
}

/// Who sees the messages.
#[derive(Default)]
enum Watcher<'t> {
    #[default]
    Nobody,
    Lent(&'t mut dyn Tap),
    Owned(Box<dyn Tap>),
}

/// An open socket, to one server.
enum Conversation {
    Udp(UdpConversation),
    Tcp(TcpConversation),
}

impl Sockets<'static> {
    /// No socket yet, and a tap of their own that sees every message.
    pub fn owning_tap(tap: Box<dyn Tap>) -> Sockets<'static> {
        Sockets { conversations: Vec::new(), tap: Watcher::Owned(tap) }
    }
}

impl<'t> Sockets<'t> {
    /// No socket yet: one is opened when there is something to send.
    pub fn new() -> Sockets<'t> {
        Sockets::default()
    }

    /// The same, with a tap that sees every message.
    pub fn with_tap(tap: &'t mut dyn Tap) -> Sockets<'t> {
        Sockets { conversations: Vec::new(), tap: Watcher::Lent(tap) }
    }

    fn tell(
        &mut self,
        direction: Direction,
        protocol: Protocol,
        ends: (SocketAddr, SocketAddr),
        bytes: &[u8],
    ) {
        let tap = match &mut self.tap {
            Watcher::Nobody => return,
            Watcher::Lent(tap) => &mut **tap,
            Watcher::Owned(tap) => &mut **tap,
        };
        tap.message(Instant::now(), direction, protocol, ends.0, ends.1, bytes);
    }

    /// The open UDP socket for this server and port, or a new one.
    fn udp(&mut self, transmit: &Transmit) -> io::Result<UdpConversation> {
        let open = self.conversations.iter().position(|conversation| match conversation {
            Conversation::Udp(udp) => udp.serves(transmit),
            Conversation::Tcp(_) => false,
        });
        match open.map(|index| self.conversations.remove(index)) {
            Some(Conversation::Udp(udp)) => Ok(udp),
            _ => UdpConversation::open(transmit.to, transmit.source_port),
        }
    }

    /// One look at each socket, the newest first, for `turn` each.
    fn look(&mut self, turn: Duration) -> io::Result<Option<(Conversation, Received)>> {
        for index in (0..self.conversations.len()).rev() {
            let newest = index + 1 == self.conversations.len();
            match self.conversations[index].receive(turn) {
                Ok(None) => {}
                Ok(Some(received)) => {
                    return Ok(Some((self.conversations.remove(index), received)));
                }
                Err(error) => {
                    let conversation = self.conversations.remove(index);
                    // The query has left the earlier servers already. A connection that brought its message is of no
                    // use any more.
                    if newest && !conversation.has_answered() {
                        return Err(error);
                    }
                }
            }
        }
        Ok(None)
    }
}

impl Conversation {
    fn remote(&self) -> SocketAddr {
        match self {
            Conversation::Udp(udp) => udp.remote,
            Conversation::Tcp(tcp) => tcp.remote,
        }
    }

    fn local(&self) -> SocketAddr {
        match self {
            Conversation::Udp(udp) => udp.local,
            Conversation::Tcp(tcp) => tcp.local,
        }
    }

    /// Whether it is a connection that brought a message.
    fn has_answered(&self) -> bool {
        matches!(self, Conversation::Tcp(tcp) if tcp.answered)
    }

    /// A message, if one comes within `wait`.
    fn receive(&mut self, wait: Duration) -> io::Result<Option<Received>> {
        let (protocol, bytes) = match self {
            Conversation::Udp(udp) => (Protocol::Udp, udp.receive(wait)?),
            Conversation::Tcp(tcp) => (Protocol::Tcp, tcp.receive(wait)?),
        };
        Ok(bytes.map(|bytes| Received { protocol, from: self.remote(), bytes }))
    }
}

impl Transport for Sockets<'_> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn send(&mut self, transmit: &Transmit) -> io::Result<()> {
        let conversation = match transmit.protocol {
            Protocol::Udp => {
                let udp = self.udp(transmit)?;
                udp.send(&transmit.bytes)?;
                Conversation::Udp(udp)
            }
            Protocol::Tcp => {
                let mut tcp = TcpConversation::open(transmit.to, transmit.deadline)?;
                tcp.send(&transmit.bytes, transmit.deadline)?;
                Conversation::Tcp(tcp)
            }
        };
        let ends = (conversation.local(), conversation.remote());
        self.conversations.push(conversation);
        self.tell(Direction::Sent, transmit.protocol, ends, &transmit.bytes);
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> io::Result<Option<Received>> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            if self.conversations.is_empty() {
                std::thread::sleep(left);
                return Ok(None);
            }
            let turn = if self.conversations.len() == 1 { left } else { left.min(TURN) };
            if let Some((conversation, received)) = self.look(turn)? {
                let ends = (conversation.local(), conversation.remote());
                self.conversations.push(conversation);
                self.tell(Direction::Received, received.protocol, ends, &received.bytes);
                return Ok(Some(received));
            }
        }
    }
}
