//! Where questions are handed in, and the one thread that works on them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use barewire_dns::Message;
use barewire_dns::driver::{Sockets, Waker, turn};
use barewire_dns::recursive::{self, Asked, PROHIBITED};
use barewire_dns::resolver::{Event, RequestId, Resolver};
use barewire_dns::stub::Protocol;

use crate::permit::{Act, Permit};

/// How many jobs may wait. A client that finds no room is told so.
const ROOM: usize = 1024;
/// How many jobs are taken before the servers have their turn: a flood of clients must not keep their replies out.
const AT_ONCE: usize = 16;
/// How long the thread sleeps when there is nothing to do. A waker ends it.
const IDLE: Duration = Duration::from_secs(3600);

/// What becomes of a reply.
pub(super) type Reply = Box<dyn FnOnce(Vec<u8>) + Send>;

/// A question of a client.
pub(super) struct Job {
    query: Box<Message>,
    protocol: Protocol,
    reply: Reply,
}

/// Where questions are handed in.
#[derive(Clone)]
pub(super) struct Desk {
    jobs: SyncSender<Job>,
    waker: Waker,
    permit: Arc<Permit>,
}

impl Desk {
    pub(super) fn open(waker: Waker, permit: Permit) -> (Desk, Receiver<Job>) {
        let (jobs, taken) = sync_channel(ROOM);
        (Desk { jobs, waker, permit: Arc::new(permit) }, taken)
    }

    /// Takes what a client has sent. The reply may come at once, or later from another thread; what is not a query gets
    /// none.
    pub(super) fn hand_in(&self, client: IpAddr, protocol: Protocol, query: &[u8], reply: Reply) {
        let query = match recursive::read(query) {
            Asked::Nothing => return,
            Asked::Reply(bytes) => return reply(bytes),
            Asked::Question(query) => query,
        };
        if self.permit.ask(Act::Recurse, client.to_canonical()).is_err() {
            return answer(recursive::refusal(&query, PROHIBITED), reply);
        }
        match self.jobs.try_send(Job { query, protocol, reply }) {
            Ok(()) => self.waker.wake(),
            Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => {
                answer(recursive::failure(&job.query, "too many questions at a time"), job.reply);
            }
        }
    }
}

fn answer(bytes: Option<Vec<u8>>, reply: Reply) {
    if let Some(bytes) = bytes {
        reply(bytes);
    }
}

/// Works on what is handed in, for as long as the program runs.
pub(super) fn work(resolver: &mut Resolver, sockets: &mut Sockets<'_>, jobs: &Receiver<Job>) -> ! {
    let mut open: HashMap<RequestId, Job> = HashMap::new();
    loop {
        let taken = jobs.try_iter().take(AT_ONCE).map(|job| take(resolver, &mut open, job)).count();
        while let Some(event) = resolver.event() {
            if let Event::Resolved(id, resolution) = event
                && let Some(Job { query, protocol, reply }) = open.remove(&id)
            {
                answer(recursive::reply(&query, &resolution, protocol), reply);
            }
        }
        // Where more jobs may be waiting, nobody sleeps.
        let wait = if taken == AT_ONCE { Duration::from_millis(1) } else { IDLE };
        turn(resolver, sockets, Instant::now() + wait);
    }
}

fn take(resolver: &mut Resolver, open: &mut HashMap<RequestId, Job>, job: Job) {
    if let Some(question) = job.query.question() {
        let id = resolver.ask(Instant::now(), question.clone(), recursive::flags(&job.query));
        open.insert(id, job);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::mpsc::channel;

    use barewire_dns::driver::Sockets;
    use barewire_dns::stub::Protocol;
    use barewire_dns::{EdnsOption, Message, Name, Rcode, RecordType};

    use super::{Desk, PROHIBITED, ROOM};
    use crate::permit::Permit;

    fn query() -> Vec<u8> {
        let mut query = Message::query(1, Name::parse_text("a.test").unwrap(), RecordType::A);
        query.edns = Some(barewire_dns::Edns::new(1232));
        query.encode().unwrap()
    }

    /// The response code and the extended error that a client gets at once; `None` if a resolver works on its question.
    fn at_once(desk: &Desk, client: &str, bytes: &[u8]) -> Option<(Rcode, Option<u16>)> {
        let (reply, replied) = channel();
        let client: IpAddr = client.parse().unwrap();
        desk.hand_in(client, Protocol::Udp, bytes, Box::new(move |bytes| reply.send(bytes).unwrap()));
        let message = Message::parse_strictly(&replied.try_recv().ok()?).unwrap();
        let code = message.edns.iter().flat_map(|edns| &edns.options).find_map(|option| match option {
            EdnsOption::ExtendedError(error) => Some(error.code),
            _ => None,
        });
        Some((message.header.rcode, code))
    }

    /// The rows of the table in `permit.rs`, for a resolver outside of a lab.
    #[test]
    fn strangers_are_refused() {
        let refused = Some((Rcode::REFUSED, Some(PROHIBITED)));
        for (owns, table) in [
            (false, [("127.0.0.9", None), ("::1", None), ("192.168.1.2", refused), ("8.8.8.8", refused)]),
            (true, [("127.0.0.9", None), ("10.1.2.3", None), ("fd00::1", None), ("2001:db8::1", refused)]),
        ] {
            let waker = Sockets::new().waker().unwrap();
            let (desk, jobs) = Desk::open(waker, Permit::host(&[], owns));
            for (client, wanted) in table {
                assert_eq!(at_once(&desk, client, &query()), wanted, "{client}, owned: {owns}");
            }
            let taken = table.iter().filter(|(_, wanted)| wanted.is_none()).count();
            assert_eq!(jobs.try_iter().count(), taken);
            // A socket of IPv6 sees clients of IPv4 so.
            assert_eq!(at_once(&desk, "::ffff:127.0.0.1", &query()), None);
        }
    }

    #[test]
    fn a_queue_that_is_full_says_so() {
        let waker = Sockets::new().waker().unwrap();
        let (desk, jobs) = Desk::open(waker, Permit::host(&[], false));
        for _ in 0..ROOM {
            assert_eq!(at_once(&desk, "127.0.0.1", &query()), None);
        }
        assert_eq!(at_once(&desk, "127.0.0.1", &query()), Some((Rcode::SERVFAIL, Some(0))));
        assert_eq!(jobs.try_iter().count(), ROOM);
    }
}
