//! A connection that reads and writes like `std::net::TcpStream`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::connection::event::SoftError;
use crate::driver::stack::{Inner, Stack};
use crate::error::Error;
use crate::host::event::{Event, Handle};
use crate::keep_alive::KeepAlive;
use crate::state::State;
use crate::variables::Variables;

/// A TCP connection over a [`Stack`].
///
/// When the last clone is dropped, a FIN is sent, and nobody waits for its ACK. [`TcpStream::close`] waits.
#[derive(Clone)]
pub struct TcpStream {
    shared: Arc<Shared>,
}

struct Shared {
    stack: Stack,
    handle: Handle,
    local: SocketAddr,
    remote: SocketAddr,
    read_timeout: Mutex<Option<Duration>>,
    write_timeout: Mutex<Option<Duration>>,
    /// `shutdown(Read)` was called: reads find the end at once.
    deaf: AtomicBool,
}

impl TcpStream {
    /// Opens a connection to `remote`, and waits until it is open, for as long as [`crate::Config`] lets SYNs be
    /// repeated.
    ///
    /// With [`crate::Config::fast_open`], and a cookie of the server, it does not wait: the SYN leaves with the first
    /// write, and takes its text along. A write or read that follows tells whether the connection could be made.
    ///
    /// # Errors
    /// [`io::ErrorKind::ConnectionRefused`] when the peer answers with a reset, [`io::ErrorKind::TimedOut`] when it
    /// does not answer, [`io::ErrorKind::AddrNotAvailable`] when no address or port is left to connect from.
    pub fn connect(stack: &Stack, remote: SocketAddr) -> io::Result<TcpStream> {
        TcpStream::open(stack, remote, None)
    }

    /// As [`TcpStream::connect`], but waits no longer than `timeout`.
    ///
    /// # Errors
    /// As there.
    pub fn connect_timeout(stack: &Stack, remote: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        TcpStream::open(stack, remote, Some(timeout))
    }

    /// Begins to open a connection to `remote`, and does not wait. [`TcpStream::opened`] says what became of it.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrNotAvailable`] when no address or port is left to connect from.
    pub fn begin(stack: &Stack, remote: SocketAddr) -> io::Result<TcpStream> {
        let (handle, local) = {
            let mut inner = stack.take();
            let now = inner.now();
            let config = *inner.host.config();
            let handle = inner.host.connect_on_write(now, remote, config).map_err(refused_here)?;
            inner.remember(handle);
            (handle, inner.host.ends(handle).map_or(remote, |(local, _)| local))
        };
        Ok(TcpStream::of(stack.clone(), handle, local, remote))
    }

    /// Whether the connection is open, or why it could not be opened; `None` while TCP still tries. A connection whose
    /// SYN waits for the first write (Fast Open) counts as open.
    pub fn opened(&self) -> Option<io::Result<()>> {
        self.shared.stack.look().opened(self.shared.handle, self.shared.remote)
    }

    fn open(stack: &Stack, remote: SocketAddr, timeout: Option<Duration>) -> io::Result<TcpStream> {
        let deadline = timeout.map(|timeout| stack.now() + timeout);
        let stream = TcpStream::begin(stack, remote)?;
        let handle = stream.shared.handle;
        let opened = stack.run(deadline, |inner| inner.opened(handle, remote));
        match opened {
            Ok(()) => Ok(stream),
            Err(error) => {
                // Nobody waits for the answer to this SYN any more.
                stack.take().host.abort(handle);
                if error.kind() == io::ErrorKind::TimedOut && timeout.is_some() {
                    let trouble = stream.take_soft_error().map(|trouble| format!(": {trouble}"));
                    let text = format!("{remote} has not answered our SYN in the time allowed");
                    return Err(io::Error::new(io::ErrorKind::TimedOut, text + &trouble.unwrap_or_default()));
                }
                Err(error)
            }
        }
    }

    pub(super) fn of(stack: Stack, handle: Handle, local: SocketAddr, remote: SocketAddr) -> TcpStream {
        let shared = Shared {
            stack,
            handle,
            local,
            remote,
            read_timeout: Mutex::default(),
            write_timeout: Mutex::default(),
            deaf: AtomicBool::new(false),
        };
        TcpStream { shared: Arc::new(shared) }
    }

    /// The address and port of the other end.
    pub fn peer_addr(&self) -> SocketAddr {
        self.shared.remote
    }

    /// The address and port of this end.
    pub fn local_addr(&self) -> SocketAddr {
        self.shared.local
    }

    /// How long a read may wait; None for ever. A read that has waited in vain fails with
    /// [`io::ErrorKind::WouldBlock`], as that of std does on Unix.
    pub fn set_read_timeout(&self, timeout: Option<Duration>) {
        *self.shared.read_timeout.lock().unwrap_or_else(PoisonError::into_inner) = timeout;
    }

    /// How long a write may wait for room; None for ever.
    pub fn set_write_timeout(&self, timeout: Option<Duration>) {
        *self.shared.write_timeout.lock().unwrap_or_else(PoisonError::into_inner) = timeout;
    }

    /// Sends small segments at once, or holds them back while data is in flight (Nagle: RFC 9293 §3.7.4).
    pub fn set_nodelay(&self, nodelay: bool) {
        self.shared.stack.take().host.set_nagle(self.shared.handle, !nodelay);
    }

    /// Asks a silent peer whether it is still there, or does not (RFC 9293 §3.8.4).
    pub fn set_keep_alive(&self, settings: Option<KeepAlive>) {
        self.shared.stack.take().host.set_keep_alive(self.shared.handle, settings);
    }

    /// What has troubled the connection since it was asked last, though it goes on: the latest (RFC 9293 §3.9.1.8).
    pub fn take_soft_error(&self) -> Option<SoftError> {
        self.shared.stack.take().soft_errors.remove(&self.shared.handle)
    }

    /// What service the packets ask of routers from now on: six bits (RFC 9293 §3.9.1.9).
    pub fn set_differentiated_services(&self, codepoint: u8) {
        self.shared.stack.take().host.set_differentiated_services(self.shared.handle, codepoint);
    }

    /// Gives the connection up when nothing new was acknowledged for so long (RFC 9293 §3.9.1).
    pub fn set_user_timeout(&self, timeout: Option<Duration>) {
        self.shared.stack.take().host.set_user_timeout(self.shared.handle, timeout);
    }

    /// The connection's variables at this moment, for printing. None when it is over.
    pub fn variables(&self) -> Option<Variables> {
        self.shared.stack.look().host.variables(self.shared.handle)
    }

    /// The connection's state.
    pub fn state(&self) -> State {
        self.shared.stack.look().host.state(self.shared.handle)
    }

    /// Closes one direction or both. Write: a FIN follows what was written. Read: later reads find the end.
    ///
    /// # Errors
    /// Those of the link.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if how != Shutdown::Write {
            self.shared.deaf.store(true, Ordering::Relaxed);
        }
        if how != Shutdown::Read {
            let mut inner = self.shared.stack.take();
            inner.host.close(self.shared.handle);
            inner.flush()?;
        }
        Ok(())
    }

    /// Closes, and waits until both FINs are acknowledged (TIME-WAIT, or CLOSED). Bytes that still arrive are thrown
    /// away.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when that takes longer than `timeout`, [`io::ErrorKind::ConnectionReset`].
    pub fn close(self, timeout: Duration) -> io::Result<()> {
        let Shared { stack, handle, remote, .. } = &*self.shared;
        let deadline = {
            let mut inner = stack.take();
            inner.host.close(*handle);
            inner.now() + timeout
        };
        let mut waste = [0; 4096];
        stack.run(Some(deadline), |inner| {
            while let Ok(1..) = inner.host.read(*handle, &mut waste) {}
            match (inner.host.state(*handle), inner.end_of(*handle)) {
                (_, Some(Event::Reset(_) | Event::TimedOut(_))) => {
                    Some(Err(inner.how_it_ended(*handle, *remote)))
                }
                (State::TimeWait | State::Closed, _) => Some(Ok(())),
                _ => None,
            }
        })
    }

    fn deadline(&self, timeout: &Mutex<Option<Duration>>) -> Option<Instant> {
        let timeout = *timeout.lock().unwrap_or_else(PoisonError::into_inner);
        timeout.map(|timeout| self.shared.stack.now() + timeout)
    }
}

impl Read for &TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Shared { stack, handle, remote, deaf, read_timeout, .. } = &*self.shared;
        if buffer.is_empty() || deaf.load(Ordering::Relaxed) {
            return Ok(0);
        }
        let deadline = self.deadline(read_timeout);
        let_syn_go(stack, *handle, deadline);
        let result = stack.run(deadline, |inner| match inner.host.read(*handle, buffer) {
            Ok(count @ 1..) => Some(Ok(count)),
            Ok(_) | Err(_) => match inner.end_of(*handle) {
                Some(event) if event.as_error(*remote).is_some() => {
                    Some(Err(inner.how_it_ended(*handle, *remote)))
                }
                _ => inner.host.peer_has_closed(*handle).then_some(Ok(0)),
            },
        });
        result.map_err(|error| waited_in_vain(error, deadline, "no data from", *remote))
    }
}

impl Write for &TcpStream {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let Shared { stack, handle, remote, write_timeout, .. } = &*self.shared;
        if data.is_empty() {
            return Ok(0);
        }
        let deadline = self.deadline(write_timeout);
        let result = stack.run(deadline, |inner| match inner.host.write(*handle, data) {
            Ok(0) => None,
            Ok(count) => Some(Ok(count)),
            Err(Error::Closing) => {
                let text =
                    "nothing can be written after shutdown: the FIN has the last number (RFC 9293 §3.10.2)";
                Some(Err(io::Error::new(io::ErrorKind::BrokenPipe, text)))
            }
            Err(_) => Some(Err(inner.how_it_ended(*handle, *remote))),
        });
        result.map_err(|error| waited_in_vain(error, deadline, "no room to write to", *remote))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.shared.stack.take().flush().map(drop)
    }
}

impl Read for TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Write for TcpStream {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (&*self).write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self).flush()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let mut inner = self.stack.take();
        let now = inner.now();
        inner.forget(self.handle);
        inner.host.release(now, self.handle);
        // If the FIN cannot be sent, there is nobody to tell.
        let _ = inner.flush();
    }
}

impl Inner {
    pub(super) fn end_of(&self, handle: Handle) -> Option<Event> {
        self.ends.get(&handle).copied()
    }

    fn opened(&self, handle: Handle, remote: SocketAddr) -> Option<io::Result<()>> {
        match self.host.state(handle) {
            State::SynSent if self.host.syn_waits(handle) => Some(Ok(())),
            State::SynSent | State::SynReceived => None,
            State::Closed => Some(Err(self.how_it_ended(handle, remote))),
            _ => Some(Ok(())),
        }
    }

    /// The end of a connection as an error of std's kind.
    fn how_it_ended(&self, handle: Handle, remote: SocketAddr) -> io::Error {
        if let Some((kind, text)) = self.without_way.get(&handle) {
            return io::Error::new(*kind, format!("no packet can be sent to {remote}: {text}"));
        }
        self.end_of(handle).and_then(|event| event.as_error(remote)).unwrap_or_else(|| {
            io::Error::new(io::ErrorKind::BrokenPipe, format!("the connection to {remote} is closed"))
        })
    }
}

/// A read that waits, before anything was written, waits for a server that speaks first.
fn let_syn_go(stack: &Stack, handle: Handle, deadline: Option<Instant>) {
    let mut inner = stack.take();
    if inner.host.syn_waits(handle) && deadline.is_none_or(|deadline| deadline > inner.now()) {
        inner.host.let_syn_go(handle);
    }
}

fn refused_here(error: Error) -> io::Error {
    let kind = match error {
        Error::NoAddress(_) | Error::NoPort => io::ErrorKind::AddrNotAvailable,
        Error::BadDestination(_) => io::ErrorKind::InvalidInput,
        Error::PortInUse(_) => io::ErrorKind::AddrInUse,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// The error of the stack when time is up becomes the one that std has for a read or write that waited in vain.
fn waited_in_vain(error: io::Error, deadline: Option<Instant>, what: &str, remote: SocketAddr) -> io::Error {
    if error.kind() == io::ErrorKind::TimedOut
        && deadline.is_some()
        && !error.to_string().contains("RFC 9293")
    {
        return io::Error::new(io::ErrorKind::WouldBlock, format!("{what} {remote} in the time allowed"));
    }
    error
}
