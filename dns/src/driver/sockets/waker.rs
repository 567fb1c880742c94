//! A call that ends a wait: a UDP socket that is connected to itself, so that poll(2) can wait for it on every system.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;

/// Ends the wait of [`Sockets`](super::Sockets) from another thread.
#[derive(Debug, Clone)]
pub struct Waker {
    socket: Arc<UdpSocket>,
}

impl Waker {
    pub(super) fn open() -> io::Result<Waker> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Waker { socket: Arc::new(socket) })
    }

    /// Ends the wait, or the next one. Several calls before a wait end only that one.
    pub fn wake(&self) {
        // If its queue is full, it was called before.
        let _ = self.socket.send(&[1]);
    }

    /// Whether it was called since it was asked last.
    pub(super) fn is_called(&self) -> bool {
        let mut called = false;
        while matches!(self.socket.recv(&mut [0; 1]), Ok(1)) {
            called = true;
        }
        called
    }

    pub(super) fn socket(&self) -> &UdpSocket {
        &self.socket
    }
}
