//! A host on a link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use barewire_packet::link::Link;

use crate::connection::event::SoftError;
use crate::driver::turn::{Turn, Turns};
use crate::error::Error;
use crate::fast_open::Servers;
use crate::host::Host;
use crate::host::event::{Event, Handle};
use crate::note::ReceivedNote;
use crate::variables::Variables;

/// Which way a packet went, seen from this host. (On a conversation of two ends the ways are those of
/// [`barewire_dissect::Direction`]: to the server, to the client.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// This host has sent it.
    Sent,
    /// This host has received it.
    Received,
}

/// A watcher of every packet that passes.
pub trait Tap: Send {
    /// A packet passes. `note` says in words what there is to say about it, and is mostly empty.
    fn packet(&mut self, now: Instant, direction: Direction, packet: &[u8], note: &str);

    /// Whether the variables of the connections are wanted as well. They cost a look at each of them.
    fn wants_variables(&self) -> bool {
        false
    }

    /// The variables of a connection that has a stream, after a packet passed or a timer ran out. They may be those of
    /// the time before.
    fn variables(&mut self, _now: Instant, _variables: &Variables) {}
}

/// A host on a link. Clones are the same stack.
#[derive(Clone)]
pub struct Stack {
    turns: Arc<Turns<Inner>>,
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
        self.take().link.now()
    }

    /// The host's addresses.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.take().host.addresses().to_vec()
    }

    /// Reserves a port: see [`Host::reserve_port`].
    pub fn reserve_port(&self, port: u16) {
        self.take().host.reserve_port(port);
    }

    /// What the host has learned of servers for Fast Open ([`Host::knows_servers`]).
    pub fn servers(&self) -> Servers {
        self.take().host.servers().clone()
    }

    /// How many packets the link's receive queue had no room for. `None` where the link cannot say.
    pub fn drops(&self) -> Option<u64> {
        self.take().link.drops()
    }

    /// How many packets of ours were lost before they left the link.
    pub fn unsent(&self) -> u64 {
        self.take().link.unsent()
    }

    /// Sends an IP packet that is not TCP: a UDP datagram, say ([`barewire_packet::udp::ip_packet`]).
    ///
    /// # Errors
    /// Those of the link.
    pub fn send_packet(&self, packet: &[u8], note: &str) -> io::Result<()> {
        self.take().send(packet, note)
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
        inner.flush()?;
        if deadline.is_none_or(|deadline| deadline > inner.now()) {
            inner.wait(deadline)?;
        }
        inner.flush()
    }

    /// Whether time goes on by itself on the link. On a simulated wire it does not.
    pub(super) fn runs_in_real_time(&self) -> bool {
        self.take().link.patience().is_some()
    }

    pub(super) fn take(&self) -> Turn<'_, Inner> {
        self.turns.take()
    }

    /// The loop of every blocking call. It goes on until `done` has a result or `deadline` comes.
    pub(super) fn run<T>(
        &self,
        deadline: Option<Instant>,
        mut done: impl FnMut(&mut Inner) -> Option<io::Result<T>>,
    ) -> io::Result<T> {
        loop {
            let mut inner = self.take();
            inner.flush()?;
            if let Some(result) = done(&mut inner) {
                inner.flush()?;
                return result;
            }
            if deadline.is_some_and(|deadline| deadline <= inner.link.now()) {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the time allowed has passed"));
            }
            match inner.wait(deadline) {
                Err(error) if error.kind() == io::ErrorKind::Deadlock => {
                    // On a simulated wire only another thread can make something happen now.
                    drop(inner);
                    if !self.turns.wait_for_another(OTHER_THREAD) {
                        return Err(error);
                    }
                }
                result => result?,
            }
        }
    }
}

impl Inner {
    pub(super) fn now(&self) -> Instant {
        self.link.now()
    }

    fn send(&mut self, packet: &[u8], note: &str) -> io::Result<()> {
        if let Some(tap) = &mut self.tap {
            tap.packet(self.link.now(), Direction::Sent, packet, note);
        }
        match self.link.send(packet) {
            // The system has no room for it now. For TCP that is a lost packet.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            result => result,
        }
    }

    /// Shows the variables of the connections to a tap that wants them.
    fn show_variables(&mut self) {
        let now = self.link.now();
        let Some(tap) = self.tap.as_mut().filter(|tap| tap.wants_variables()) else { return };
        let streams = self.streams.iter().filter_map(|handle| self.host.variables(*handle));
        streams.for_each(|variables| tap.variables(now, &variables));
    }

    /// Sends everything the host wants sent.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while let Some(transmit) = self.host.transmit(self.link.now()) {
            let note = transmit.note.map(|note| note.to_string());
            self.send(&transmit.packet, note.as_deref().unwrap_or_default())?;
            self.show_variables();
        }
        self.take_events();
        Ok(())
    }

    /// Waits for a packet or the next deadline, once, and gives the host what has come.
    fn wait(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        let patience = self.link.patience().map(|patience| self.link.now() + patience);
        let wake = [deadline, self.host.deadline(), patience].into_iter().flatten().min();
        if let Some(packet) = self.link.receive(wake)? {
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
            self.show_variables();
        }
        self.take_events();
        Ok(())
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
        self.show_variables();
        if not_tcp && self.others.len() < MOST_OTHERS {
            self.others.push_back(packet);
        }
    }

    fn take_events(&mut self) {
        while let Some(event) = self.host.event() {
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
        self.soft_errors.remove(&handle);
    }
}
