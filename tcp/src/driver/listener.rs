//! A port that is listened on, like `std::net::TcpListener`.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::driver::stack::{Accepted, Inner, Stack};
use crate::driver::tcp_stream::TcpStream;
use crate::host::event::Handle;

/// A listening port of a [`Stack`].
pub struct TcpListener {
    stack: Stack,
    port: u16,
}

impl TcpListener {
    /// Listens on `port` at every address of the stack. `backlog` is how many connections may be half open, and how
    /// many may wait for `accept`. One more is reset.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrInUse`].
    pub fn bind(stack: &Stack, port: u16, backlog: usize) -> io::Result<TcpListener> {
        let mut inner = stack.take();
        inner.host.listen(port, backlog).map_err(|error| io::Error::new(io::ErrorKind::AddrInUse, error))?;
        inner.accepted.insert(port, Accepted { backlog: backlog.max(1), waiting: VecDeque::new() });
        drop(inner);
        Ok(TcpListener { stack: stack.clone(), port })
    }

    /// The port that is listened on.
    pub fn local_port(&self) -> u16 {
        self.port
    }

    /// Waits for a connection.
    ///
    /// # Errors
    /// Those of the link.
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.accept_within(None)
    }

    /// Waits for a connection, no longer than `timeout`.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`], or those of the link.
    pub fn accept_timeout(&self, timeout: Duration) -> io::Result<(TcpStream, SocketAddr)> {
        self.accept_within(Some(timeout))
    }

    fn accept_within(&self, timeout: Option<Duration>) -> io::Result<(TcpStream, SocketAddr)> {
        let deadline = timeout.map(|timeout| self.stack.now() + timeout);
        self.stack.run(deadline, |inner| {
            let (handle, local, remote) = next_connection(inner, self.port)?;
            Some(Ok((TcpStream::of(self.stack.clone(), handle, local, remote), remote)))
        })
    }
}

/// The next connection that waits. Those that have ended while they waited are passed over.
fn next_connection(inner: &mut Inner, port: u16) -> Option<(Handle, SocketAddr, SocketAddr)> {
    loop {
        let handle = inner.accepted.get_mut(&port)?.waiting.pop_front()?;
        match inner.host.ends(handle) {
            Some((local, remote)) => return Some((handle, local, remote)),
            None => inner.forget(handle),
        }
    }
}

impl Drop for TcpListener {
    fn drop(&mut self) {
        let mut inner = self.stack.take();
        inner.host.stop_listening(self.port);
        if let Some(accepted) = inner.accepted.remove(&self.port) {
            for handle in accepted.waiting {
                inner.host.abort(handle);
                inner.forget(handle);
            }
        }
        // If the resets cannot be sent, there is nobody to tell.
        let _ = inner.flush();
    }
}
