//! hickory-resolver's recursor among the servers of the [`World`]. Its own code makes and reads the messages; what it
//! takes for a UDP socket hands the reply over at once. It runs on tokio, on this thread.

use std::collections::VecDeque;
use std::future::{Future, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use hickory_resolver::net::runtime::iocompat::AsyncIoTokioAsStd;
use hickory_resolver::net::runtime::{DnsUdpSocket, RuntimeProvider, TokioHandle, TokioTime};
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, Record, RecordType};
use hickory_resolver::recursor::{QNameMinimization, Recursor, RecursorOptions};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::world::{ROOT, World};

pub(crate) struct Hickory {
    runtime: Runtime,
    recursor: Recursor<Provider>,
    sent: Arc<AtomicU64>,
}

impl Hickory {
    pub(crate) fn new(world: &World) -> Hickory {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        let sent = Arc::new(AtomicU64::new(0));
        let provider = Provider { world: world.clone(), handle: TokioHandle::default(), sent: sent.clone() };
        let options = RecursorOptions {
            // Documentation addresses are refused otherwise.
            deny_server: Vec::new(),
            // As many zones as there are.
            ns_cache_size: 4_096,
            // What ours does, too.
            case_randomization: true,
            qname_minimization: QNameMinimization::Strict,
            ..RecursorOptions::default()
        };
        let recursor = Recursor::with_options(&[ROOT], options, provider).expect("a recursor");
        Hickory { runtime, recursor, sent }
    }

    /// The addresses of a name.
    pub(crate) fn resolve(&mut self, name: &str) -> Vec<Record> {
        let query = Query::query(Name::from_ascii(name).expect("a name"), RecordType::A);
        let resolving = self.recursor.resolve(query, Instant::now(), false);
        self.runtime.block_on(resolving).expect("an answer").answers
    }

    /// How many messages servers got.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

#[derive(Clone)]
struct Provider {
    world: World,
    handle: TokioHandle,
    sent: Arc<AtomicU64>,
}

impl RuntimeProvider for Provider {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = Socket;
    type Tcp = AsyncIoTokioAsStd<TcpStream>;

    fn create_handle(&self) -> TokioHandle {
        self.handle.clone()
    }

    fn connect_tcp(
        &self,
        _server: SocketAddr,
        _local: Option<SocketAddr>,
        _timeout: Option<Duration>,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Tcp>>>> {
        Box::pin(ready(Err(io::ErrorKind::ConnectionRefused.into())))
    }

    fn bind_udp(
        &self,
        _local: SocketAddr,
        _server: SocketAddr,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Socket>>>> {
        let socket = Socket { world: self.world.clone(), sent: self.sent.clone(), replies: Mutex::default() };
        Box::pin(ready(Ok(socket)))
    }
}

/// Replies that wait, and who waits for one.
type Replies = (VecDeque<(SocketAddr, Vec<u8>)>, Option<Waker>);

struct Socket {
    world: World,
    sent: Arc<AtomicU64>,
    replies: Mutex<Replies>,
}

impl Socket {
    fn replies(&self) -> MutexGuard<'_, Replies> {
        self.replies.lock().expect("nobody panicked")
    }
}

impl DnsUdpSocket for Socket {
    type Time = TokioTime;

    fn poll_recv_from(&self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<(usize, SocketAddr)>> {
        let (replies, waker) = &mut *self.replies();
        let Some((from, reply)) = replies.pop_front() else {
            *waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        into[..reply.len()].copy_from_slice(&reply);
        Poll::Ready(Ok((reply.len(), from)))
    }

    fn poll_send_to(&self, _: &mut Context<'_>, bytes: &[u8], to: SocketAddr) -> Poll<io::Result<usize>> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let reply = self.world.reply(to.ip(), bytes);
        let (replies, waker) = &mut *self.replies();
        replies.push_back((to, reply));
        if let Some(waker) = waker.take() {
            waker.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }
}
