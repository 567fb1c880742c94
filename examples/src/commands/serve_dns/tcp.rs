//! Queries over TCP: each message follows its length (RFC 1035 §4.2.2), and a client may send several before it reads
//! the first reply (RFC 7766 §6.2.1.1). They are answered in their order.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use barewire_dns::stub::Protocol;
use barewire_dns::{Deframer, frame};

use super::told::{Replies, Told};
use crate::commands::output::complain;

/// Connections at one time, at each address.
pub(super) const WORKERS: usize = 16;
/// How long a connection may take until the next query is there: a few seconds, as RFC 7766 §6.2.3 advises. A
/// client that sends a byte now and then does not keep it longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take while all workers have connections, and other clients may wait for one (RFC 7766 §6.2.3).
const HURRY: Duration = Duration::from_millis(500);
/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_millis(100);
/// How many bytes are read at once.
const PIECE: usize = 16 << 10;

/// Sends one reply.
pub(super) type Send<'a> = dyn FnMut(&[u8]) -> io::Result<()> + 'a;

/// Takes the client, its query, and the way to send replies.
pub(super) type Answer<'a> = dyn Fn(SocketAddr, &[u8], &mut Send<'_>) -> io::Result<()> + 'a;

/// The workers at an address: how many there are, and how many of them have a connection.
pub(super) struct Crowd {
    workers: usize,
    busy: AtomicUsize,
}

impl Crowd {
    pub(super) fn of(workers: usize) -> Crowd {
        Crowd { workers, busy: AtomicUsize::new(0) }
    }

    /// How long a connection may take until its next query is there.
    fn patience(&self) -> Duration {
        if self.busy.load(Ordering::Relaxed) < self.workers { PATIENCE } else { HURRY }
    }
}

/// Takes one connection after the other, for as long as the program runs.
pub(super) fn serve(listener: &TcpListener, crowd: &Crowd, answer: &Answer<'_>, told: Told) {
    for stream in listener.incoming() {
        crowd.busy.fetch_add(1, Ordering::Relaxed);
        let served = stream.and_then(|stream| {
            let client = stream.peer_addr()?;
            connection(stream, client, crowd, answer, told)
        });
        crowd.busy.fetch_sub(1, Ordering::Relaxed);
        if let Err(error) = served.or_else(silence) {
            complain(&format!("a connection ended early: {error}"));
        }
    }
}

/// Silence is how a connection ends whose client has nothing more to ask.
fn silence(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::ConnectionReset => Ok(()),
        _ if is_over(&error) => Ok(()),
        _ => Err(error),
    }
}

/// Whether the time that a socket was given is over.
fn is_over(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Answers the queries of a connection.
fn connection(
    mut stream: TcpStream,
    client: SocketAddr,
    crowd: &Crowd,
    answer: &Answer<'_>,
    told: Told,
) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let (mut queries, mut piece) = (Deframer::default(), vec![0; PIECE]);
    let mut since = Instant::now();
    loop {
        while let Some(query) = queries.message() {
            let mut replies = Replies::default();
            answer(client, &query, &mut |reply| {
                replies.add(reply);
                stream.write_all(&frame(reply).map_err(io::Error::other)?)
            })?;
            told.query(client, Protocol::Tcp, &query, &replies);
            since = Instant::now();
        }
        let left = crowd.patience().saturating_sub(since.elapsed());
        if left.is_zero() {
            return Ok(());
        }
        stream.set_read_timeout(Some(left.min(LOOK)))?;
        match stream.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => queries.push(piece.get(..length).unwrap_or_default()),
            Err(error) if is_over(&error) => {}
            Err(error) => return Err(error),
        }
    }
}
