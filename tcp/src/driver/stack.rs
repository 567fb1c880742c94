//! A host on a link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use barewire_packet::link::route::is_missing;

use crate::connection::event::SoftError;
use crate::driver::tap::{Direction, Tap};
use crate::driver::turn::{Turn, Turns};
use crate::driver::way;
use crate::error::Error;
use crate::fast_open::Servers;
use crate::host::Host;
use crate::host::event::{Event, Handle};
use crate::note::ReceivedNote;
use crate::state::State;

/// A host on a link. Clones are the same stack.
#[derive(Clone)]
pub struct Stack {
    pub(super) turns: Arc<Turns<Inner>>,
}

/// How many packets that are not TCP are kept for [`Stack::receive_other`].
const MOST_OTHERS: usize = 256;

/// On a simulated wire nothing may be left to happen until another thread does something. So long, in real time, it may
/// take for that.
const OTHER_THREAD: Duration = Duration::from_millis(500);

pub(super) struct Inner {
    link: Box<dyn Link>,
    pub(super) host: Host,
    tap: Option<Box<dyn Tap>>,
    /// How connections ended whose streams have yet to say so.
    pub(super) ends: BTreeMap<Handle, Event>,
    /// Why a connection could not be opened, where the system knew no way to the peer.
    pub(super) without_way: BTreeMap<Handle, (io::ErrorKind, String)>,
    /// What troubled streams last, until they ask.
    pub(super) soft_errors: BTreeMap<Handle, SoftError>,
    /// The connections that have a stream, or wait for one.
    streams: BTreeSet<Handle>,
    /// Connections that wait for `accept`, by port.
    pub(super) accepted: BTreeMap<u16, Accepted>,
    others: VecDeque<Vec<u8>>,
}

pub(super) struct Accepted {
    pub(super) backlog: usize,
    pub(super) waiting: VecDeque<Handle>,
}

impl Stack {
    /// Puts a host on a link.
    ///
    /// The host's packets are kept to the MTU of the link.
    pub fn new(link: Box<dyn Link>, mut host: Host) -> Stack {
        host.limit_mtu(link.mtu());
        let inner = Inner {
            link,
            host,
            tap: None,
            ends: BTreeMap::new(),
            without_way: BTreeMap::new(),
            soft_errors: BTreeMap::new(),
            streams: BTreeSet::new(),
            accepted: BTreeMap::new(),
            others: VecDeque::new(),
        };
        Stack { turns: Arc::new(Turns::new(inner)) }
    }

    /// Shows every packet to `tap` from now on, sent and received.
    pub fn set_tap(&self, tap: Box<dyn Tap>) {
        self.take().tap = Some(tap);
    }

    /// Whether both are clones of one stack.
    pub fn is_same(&self, other: &Stack) -> bool {
        Arc::ptr_eq(&self.turns, &other.turns)
    }

    /// The time on the link: real or virtual.
    pub fn now(&self) -> Instant {
        self.look().link.now()
    }

    /// The host's addresses.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.look().host.addresses().to_vec()
    }

    /// Reserves a port: see [`Host::reserve_port`].
    pub fn reserve_port(&self, port: u16) {
        self.take().host.reserve_port(port);
    }

    /// What the host has learned of servers for Fast Open ([`Host::knows_servers`]).
    pub fn servers(&self) -> Servers {
        self.look().host.servers().clone()
    }

    /// How many packets the link's receive queue had no room for. `None` where the link cannot say.
    pub fn drops(&self) -> Option<u64> {
        self.look().link.drops()
    }

    /// How many packets of ours were lost before they left the link.
    pub fn unsent(&self) -> u64 {
        self.look().link.unsent()
    }

    /// Sends an IP packet that is not TCP: a UDP datagram, say ([`barewire_packet::udp::ip_packet`]).
    ///
    /// # Errors
    /// Those of the link.
    pub fn send_packet(&self, packet: &[u8], note: &str) -> io::Result<()> {
        let mut inner = self.take();
        let now = inner.now();
        inner.send(now, packet, note)
    }

    /// Waits for an IP packet that is not TCP; `None` when `deadline` has passed. At most 256 such packets are kept.
    /// More are dropped.
    ///
    /// # Errors
    /// Those of the link.
    pub fn receive_other(&self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        match self.run(deadline, |inner| inner.others.pop_front().map(Ok)) {
            Ok(packet) => Ok(Some(packet)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lets time pass until `deadline`: timers run out, and packets that arrive are taken in.
    ///
    /// # Errors
    /// Those of the link.
    pub fn run_until(&self, deadline: Instant) -> io::Result<()> {
        match self.run(Some(deadline), |_| None::<io::Result<()>>) {
            Err(error) if error.kind() != io::ErrorKind::TimedOut => Err(error),
            _ => Ok(()),
        }
    }

    /// Sends what there is, and waits once: for packets, for a timer of TCP, or until `deadline`. For a caller that has
    /// several streams and wants to look at all of them after each packet.
    ///
    /// # Errors
    /// Those of the link. [`io::ErrorKind::Deadlock`]: on a simulated wire nothing can happen any more.
    pub fn turn(&self, deadline: Option<Instant>) -> io::Result<()> {
        let mut inner = self.take();
        inner.changed_nothing();
        flush(&mut inner)?;
        // In real time packets may have come while nobody looked.
        let looks = inner.has_time_until(deadline) || inner.link.patience().is_some();
        if looks && inner.wait(deadline)? {
            inner.changed_something();
        }
        flush(&mut inner)
    }

    /// Whether time goes on by itself on the link. On a simulated wire it does not.
    pub(super) fn runs_in_real_time(&self) -> bool {
        self.look().link.patience().is_some()
    }

    pub(super) fn take(&self) -> Turn<'_, Inner> {
        self.turns.take()
    }

    /// As [`Stack::take`], for somebody who changes nothing.
    pub(super) fn look(&self) -> Turn<'_, Inner> {
        self.turns.look()
    }

    /// The loop of every blocking call. It goes on until `done` has a result or `deadline` comes.
    ///
    /// In real time one of the threads that are here waits for packets, and the others for what it makes of them. When
    /// the time is up, what has come is looked at once more: a caller without time would else never hear of it.
    pub(super) fn run<T>(
        &self,
        deadline: Option<Instant>,
        mut done: impl FnMut(&mut Inner) -> Option<io::Result<T>>,
    ) -> io::Result<T> {
        let (mut lead, mut is_over) = (None, false);
        loop {
            let mut inner = self.take();
            let in_real_time = inner.link.patience().is_some();
            // In real time no other thread waits for what this one does with its stream: only the link has news.
            inner.changed_nothing();
            flush(&mut inner)?;
            if let Some(result) = done(&mut inner) {
                flush(&mut inner)?;
                if !in_real_time {
                    inner.changed_something();
                }
                return result;
            }
            let in_time = inner.has_time_until(deadline);
            if is_over || !in_time && !in_real_time {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the time allowed has passed"));
            }
            is_over = !in_time;
            if in_real_time && in_time {
                lead = self.turns.lead_alone(lead);
                if lead.is_none() {
                    let now = inner.link.now();
                    inner.wait_for_news(deadline.map(|deadline| deadline.saturating_duration_since(now)));
                    continue;
                }
            }
            match inner.wait(deadline) {
                Err(error) if error.kind() == io::ErrorKind::Deadlock => {
                    // On a simulated wire only another thread can make something happen now.
                    if !inner.wait_for_news(Some(OTHER_THREAD)) {
                        return Err(error);
                    }
                }
                Ok(false) if in_real_time => {}
                result => {
                    result?;
                    inner.changed_something();
                }
            }
        }
    }
}

/// Sends everything the host wants sent. What happens to connections by that is news for the other threads.
fn flush(inner: &mut Turn<'_, Inner>) -> io::Result<()> {
    if inner.flush()? {
        inner.changed_something();
    }
    Ok(())
}

impl Inner {
    pub(super) fn now(&self) -> Instant {
        self.link.now()
    }

    /// Whether `deadline` is still to come.
    fn has_time_until(&self, deadline: Option<Instant>) -> bool {
        deadline.is_none_or(|deadline| deadline > self.now())
    }

    fn send(&mut self, now: Instant, packet: &[u8], note: &str) -> io::Result<()> {
        if let Some(tap) = &mut self.tap {
            tap.packet(now, Direction::Sent, packet, note);
        }
        match self.link.send(packet) {
            // The system has no room for it now. For TCP that is a lost packet.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            result => result,
        }
    }

    /// Shows the variables of the connections to a tap that wants them.
    fn show_variables(&mut self, now: Instant) {
        let Some(tap) = self.tap.as_mut().filter(|tap| tap.wants_variables()) else { return };
        let streams = self.streams.iter().filter_map(|handle| self.host.variables(*handle));
        streams.for_each(|variables| tap.variables(now, &variables));
    }

    /// Sends everything the host wants sent. True: the host had something to tell.
    pub(super) fn flush(&mut self) -> io::Result<bool> {
        loop {
            let now = self.link.now();
            let Some(transmit) = self.host.transmit(now) else { break };
            let note = transmit.note.map(|note| note.to_string());
            match self.send(now, &transmit.packet, note.as_deref().unwrap_or_default()) {
                Err(error) if is_missing(&error) => self.has_no_way(&transmit.packet, &error),
                result => result?,
            }
            self.show_variables(now);
        }
        Ok(self.take_events())
    }

    /// The system knows no way on which this packet could leave. It may know one again: what is open goes on as after
    /// a lost packet, and so do the connections to others. One that is just being opened fails.
    fn has_no_way(&mut self, packet: &[u8], error: &io::Error) {
        let ends = way::ends(packet);
        let Some(handle) = ends.and_then(|(local, remote)| self.host.handle_of(local, remote)) else {
            return;
        };
        if self.host.state(handle) == State::SynSent && self.streams.contains(&handle) {
            self.host.abort(handle);
            self.without_way.insert(handle, (error.kind(), error.to_string()));
        }
    }

    /// Waits for a packet or the next deadline, once, and gives the host what has come. False: nothing has.
    fn wait(&mut self, deadline: Option<Instant>) -> io::Result<bool> {
        let patience = self.link.patience().map(|patience| self.link.now() + patience);
        let wake = [deadline, self.host.deadline(), patience].into_iter().flatten().min();
        let first = self.link.receive(wake)?;
        let mut is_news = first.is_some();
        if let Some(packet) = first {
            self.packet_arrives(packet);
            // Packets that have come together are taken in together, so that one ACK answers all of them.
            for _ in 0..64 {
                let now = self.link.now();
                match self.link.receive(Some(now))? {
                    Some(packet) => self.packet_arrives(packet),
                    None => break,
                }
            }
        }
        let now = self.link.now();
        if self.host.deadline().is_some_and(|deadline| deadline <= now) {
            self.host.on_deadline(now);
            self.show_variables(now);
            is_news = true;
        }
        Ok(self.take_events() || is_news)
    }

    fn packet_arrives(&mut self, packet: Vec<u8>) {
        let now = self.link.now();
        let note = self.host.receive(now, &packet);
        let not_tcp = matches!(note, Some(ReceivedNote::Dropped(Error::NotTcp(_))));
        if let Some(tap) = &mut self.tap {
            // What is not TCP is for somebody else, and not worth a word.
            let words = note.filter(|_| !not_tcp).map(|note| note.to_string());
            tap.packet(now, Direction::Received, &packet, words.as_deref().unwrap_or_default());
        }
        self.show_variables(now);
        if not_tcp && self.others.len() < MOST_OTHERS {
            self.others.push_back(packet);
        }
    }

    /// Notes what the host has to tell. True: there was something.
    fn take_events(&mut self) -> bool {
        let mut any = false;
        while let Some(event) = self.host.event() {
            any = true;
            match event {
                Event::Accepted { port, handle } => self.keep_accepted(port, handle),
                Event::Refused(handle)
                | Event::Reset(handle)
                | Event::TimedOut(handle)
                | Event::Unreachable(handle)
                | Event::Closed(handle) => {
                    if self.streams.contains(&handle) {
                        self.ends.insert(handle, event);
                    }
                }
                Event::SoftError { handle, error } => {
                    if self.streams.contains(&handle) {
                        self.soft_errors.insert(handle, error);
                    }
                }
                Event::Connected(_) | Event::Readable(_) | Event::Writable(_) | Event::PeerClosed(_) => {}
            }
        }
        any
    }

    fn keep_accepted(&mut self, port: u16, handle: Handle) {
        match self.accepted.get_mut(&port) {
            Some(accepted) if accepted.waiting.len() < accepted.backlog => {
                accepted.waiting.push_back(handle);
                self.streams.insert(handle);
            }
            _ => self.host.abort(handle),
        }
    }

    /// A stream asks to be told how its connection ends.
    pub(super) fn remember(&mut self, handle: Handle) {
        self.streams.insert(handle);
    }

    /// The stream is gone: nobody will ask about it again.
    pub(super) fn forget(&mut self, handle: Handle) {
        self.streams.remove(&handle);
        self.ends.remove(&handle);
        self.without_way.remove(&handle);
        self.soft_errors.remove(&handle);
    }
}
