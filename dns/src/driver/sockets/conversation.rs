//! An open socket, to one server, for one question.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use super::news::News;
use super::tcp::TcpConversation;
use super::udp::UdpConversation;
use crate::stub::Protocol;

/// An open socket, to one server.
pub(super) enum Conversation {
    Udp(UdpConversation),
    Tcp(TcpConversation),
}

impl Conversation {
    pub(super) fn protocol(&self) -> Protocol {
        match self {
            Conversation::Udp(_) => Protocol::Udp,
            Conversation::Tcp(_) => Protocol::Tcp,
        }
    }

    /// The local end and the remote one.
    pub(super) fn ends(&self) -> [SocketAddr; 2] {
        match self {
            Conversation::Udp(udp) => [udp.local, udp.remote],
            Conversation::Tcp(tcp) => [tcp.local, tcp.remote],
        }
    }

    /// When a question was last sent over it.
    pub(super) fn used(&self) -> Instant {
        match self {
            Conversation::Udp(udp) => udp.used,
            Conversation::Tcp(tcp) => tcp.used,
        }
    }

    /// Whether it has brought a message.
    pub(super) fn has_answered(&self) -> bool {
        match self {
            Conversation::Udp(udp) => udp.answered,
            Conversation::Tcp(tcp) => tcp.answered,
        }
    }

    /// Whether another connection is for the same question: it was asked again.
    pub(super) fn asks_the_same_as(&self, other: &Conversation) -> bool {
        match (self, other) {
            (Conversation::Tcp(one), Conversation::Tcp(other)) => {
                (one.remote, &one.message) == (other.remote, &other.message)
            }
            _ => false,
        }
    }

    /// The ID of its question, if its end says nothing about others: a connection that was open. A port without
    /// anybody is closed to all questions.
    pub(super) fn only_question(&self) -> Option<u16> {
        match self {
            Conversation::Tcp(tcp) if tcp.is_open => {
                tcp.message.first_chunk().copied().map(u16::from_be_bytes)
            }
            _ => None,
        }
    }

    /// Does what can be done without waiting.
    pub(super) fn turn(&mut self, buffer: &mut [u8]) -> io::Result<News> {
        match self {
            Conversation::Udp(udp) => udp.turn(buffer),
            Conversation::Tcp(tcp) => tcp.turn(buffer),
        }
    }
}
