//! Our TCP against smoltcp's, in memory: as client and as server, on good paths and bad ones.

mod common;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use barewire_tcp::{Config, Event, Handle, Host, ReceivedNote, State};
use common::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use smoltcp::iface::{Config as InterfaceConfig, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp;
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr, Ipv4Address};

/// smoltcp's side of the wire.
#[derive(Default)]
struct Queues {
    to_smoltcp: VecDeque<Vec<u8>>,
    from_smoltcp: Vec<Vec<u8>>,
}

struct Receive(Vec<u8>);
struct Transmit<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Receive {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Transmit<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
        let mut packet = vec![0; length];
        let result = f(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Queues {
    type RxToken<'a> = Receive;
    type TxToken<'a> = Transmit<'a>;

    fn receive(&mut self, _: smoltcp::time::Instant) -> Option<(Receive, Transmit<'_>)> {
        let packet = self.to_smoltcp.pop_front()?;
        Some((Receive(packet), Transmit(&mut self.from_smoltcp)))
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Transmit<'_>> {
        Some(Transmit(&mut self.from_smoltcp))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = 1500;
        capabilities
    }
}

struct Smoltcp {
    queues: Queues,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    say: Vec<u8>,
    said: usize,
    heard: Vec<u8>,
    closed: bool,
}

impl Smoltcp {
    fn new(address: Ipv4Address, say: Vec<u8>, buffer: usize, seed: u64) -> Smoltcp {
        let mut queues = Queues::default();
        let mut config = InterfaceConfig::new(HardwareAddress::Ip);
        config.random_seed = seed;
        let mut interface = Interface::new(config, &mut queues, smoltcp::time::Instant::ZERO);
        interface
            .update_ip_addrs(|addresses| addresses.push(IpCidr::new(IpAddress::Ipv4(address), 0)).unwrap());
        let buffer = || tcp::SocketBuffer::new(vec![0; buffer]);
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(tcp::Socket::new(buffer(), buffer()));
        Smoltcp { queues, interface, sockets, socket, say, said: 0, heard: Vec::new(), closed: false }
    }

    fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut::<tcp::Socket<'_>>(self.socket)
    }

    fn turn(&mut self, now: smoltcp::time::Instant) {
        self.interface.poll(now, &mut self.queues, &mut self.sockets);
        let (say, said) = (std::mem::take(&mut self.say), self.said);
        let mut buffer = [0; 2000];
        let socket = self.socket();
        let mut sent = 0;
        if socket.may_send() && said < say.len() {
            sent = socket.send_slice(&say[said..]).unwrap();
        }
        let all_said = socket.may_send() && said + sent == say.len();
        let mut heard = Vec::new();
        while socket.can_recv() {
            let count = socket.recv_slice(&mut buffer).unwrap();
            heard.extend_from_slice(&buffer[..count]);
        }
        if all_said {
            socket.close();
        }
        self.closed |= all_said;
        self.heard.extend(heard);
        (self.say, self.said) = (say, said + sent);
        self.interface.poll(now, &mut self.queues, &mut self.sockets);
    }
}

struct Ours {
    host: Host,
    handle: Option<Handle>,
    say: Vec<u8>,
    said: usize,
    heard: Vec<u8>,
    ended: Option<Event>,
}

impl Ours {
    fn turn(&mut self, now: Instant) {
        if self.host.deadline().is_some_and(|deadline| deadline <= now) {
            self.host.on_deadline(now);
        }
        while let Some(event) = self.host.event() {
            match event {
                Event::Connected(handle) | Event::Accepted { handle, .. } => self.handle = Some(handle),
                Event::Reset(_) | Event::TimedOut(_) | Event::Refused(_) | Event::Closed(_) => {
                    self.ended = Some(event)
                }
                _ => {}
            }
        }
        let Some(handle) = self.handle.filter(|handle| self.host.state(*handle) > State::SynSent) else {
            return;
        };
        let mut buffer = [0; 2000];
        while let Ok(count @ 1..) = self.host.read(handle, &mut buffer) {
            self.heard.extend_from_slice(&buffer[..count]);
        }
        if self.said < self.say.len() {
            self.said += self.host.write(handle, &self.say[self.said..]).unwrap_or(0);
        }
        if self.said == self.say.len() {
            self.host.close(handle);
        }
    }
}

struct Course {
    seed: u64,
    /// Of a thousand packets, how many are lost, and how many come late.
    lost: u64,
    late: u64,
    lengths: [usize; 2],
    we_connect: bool,
    smoltcp_buffer: usize,
}

/// Runs both stacks over a path of 5 ms, until everything is said and closed.
fn run(course: &Course) {
    let config =
        Config { retries: 40, syn_retries: 40, max_rto: Duration::from_secs(5), ..Config::default() };
    let mut rng = ChaCha20Rng::seed_from_u64(course.seed);
    let mut ours = Ours {
        host: host(CLIENT.into(), config, course.seed),
        handle: None,
        say: pattern(course.lengths[0]),
        said: 0,
        heard: Vec::new(),
        ended: None,
    };
    let mut theirs = Smoltcp::new(SERVER, pattern(course.lengths[1]), course.smoltcp_buffer, course.seed);
    let start = Instant::now();
    if course.we_connect {
        theirs.socket().listen(PORT).unwrap();
        ours.handle = Some(ours.host.connect(start, server_address()).unwrap());
    } else {
        ours.host.listen(PORT, 4).unwrap();
        let remote = (IpAddress::Ipv4(CLIENT), PORT);
        let context = theirs.interface.context();
        theirs.sockets.get_mut::<tcp::Socket<'_>>(theirs.socket).connect(context, remote, 50_000).unwrap();
    }
    // Packets under way: when they arrive, in which order they left, whether to us, and their bytes.
    let mut under_way: Vec<(u64, u64, bool, Vec<u8>)> = Vec::new();
    let (mut now, mut number) = (0u64, 0u64);
    loop {
        under_way.sort_by_key(|(time, order, ..)| (*time, *order));
        while under_way.first().is_some_and(|(time, ..)| *time <= now) {
            let (_, _, to_us, packet) = under_way.remove(0);
            if to_us {
                let note = ours.host.receive(start + Duration::from_micros(now), &packet);
                assert!(
                    !matches!(note, Some(ReceivedNote::Dropped(_))),
                    "smoltcp sends good packets: {note:?}"
                );
            } else {
                theirs.queues.to_smoltcp.push_back(packet);
            }
        }
        ours.turn(start + Duration::from_micros(now));
        theirs.turn(smoltcp::time::Instant::from_micros(now as i64));
        let mut send = |to_us, packet| {
            number += 1;
            let (lose, delay) = (rng.next_u64() % 1000 < course.lost, rng.next_u64() % 1000 < course.late);
            if !lose {
                under_way.push((now + if delay { 20_000 } else { 5000 }, number, to_us, packet));
            }
        };
        while let Some(transmit) = ours.host.transmit(start + Duration::from_micros(now)) {
            send(false, transmit.packet);
        }
        theirs.queues.from_smoltcp.drain(..).for_each(|packet| send(true, packet));

        let state = ours.handle.map(|handle| ours.host.state(handle));
        let we_are_done = matches!(ours.ended, Some(Event::Closed(_))) || state == Some(State::TimeWait);
        let they_are_done = matches!(theirs.socket().state(), tcp::State::Closed | tcp::State::TimeWait);
        if we_are_done && they_are_done && theirs.closed {
            break;
        }
        let broken = matches!(ours.ended, Some(Event::Reset(_) | Event::TimedOut(_) | Event::Refused(_)));
        assert!(!broken, "{:?} at {now} us; smoltcp {:?}", ours.ended, theirs.socket().state());
        assert!(now < 900_000_000, "it ends: we are {state:?}, smoltcp {:?}", theirs.socket().state());
        let our_deadline =
            ours.host.deadline().map(|deadline| (deadline - start).as_nanos().div_ceil(1000) as u64);
        let their_deadline = theirs
            .interface
            .poll_at(smoltcp::time::Instant::from_micros(now as i64), &theirs.sockets)
            .map(|time| time.total_micros() as u64);
        let arrival = under_way.iter().map(|(time, ..)| *time).min();
        let next = [our_deadline, their_deadline, arrival].into_iter().flatten().min();
        now = next.unwrap_or(now + 1000).max(now + 1);
    }
    assert!(
        theirs.heard == pattern(course.lengths[0]),
        "smoltcp heard {} of {}",
        theirs.heard.len(),
        course.lengths[0]
    );
    assert!(
        ours.heard == pattern(course.lengths[1]),
        "we heard {} of {}",
        ours.heard.len(),
        course.lengths[1]
    );
}

fn courses(seeds: std::ops::Range<u64>, lost: u64, late: u64) {
    for seed in seeds {
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 0xabcd);
        let mut up_to = |limit: u64| (rng.next_u64() % (limit + 1)) as usize;
        let course = Course {
            seed,
            lost,
            late,
            lengths: [up_to(60_000), up_to(60_000)],
            we_connect: up_to(1) == 0,
            smoltcp_buffer: [2000, 8192, 65_535, 300_000][up_to(3)],
        };
        let said = format!("seed {seed}, we connect: {}, lengths {:?}", course.we_connect, course.lengths);
        if let Err(panic) = std::panic::catch_unwind(|| run(&course)) {
            eprintln!("{said}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn on_a_good_path() {
    courses(0..60, 0, 0);
}

#[test]
fn on_a_lossy_path() {
    courses(100..160, 50, 50);
}

#[test]
fn on_a_terrible_path() {
    courses(200..230, 200, 200);
}
