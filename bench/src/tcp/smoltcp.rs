//! Two interfaces of smoltcp with a socket each, and the loop that carries packets between them.

use std::collections::VecDeque;

use smoltcp::iface::{
    Config, Interface, PollIngressSingleResult as Taken, PollResult, SocketHandle, SocketSet,
};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};

use super::{Application, Count, Drive, MTU, PORT, Transfer};

const TURN: Duration = Duration::from_micros(1);

/// An end of the wire: packets that wait to be received, and packets that were sent.
#[derive(Default)]
pub(super) struct Wire {
    pub(super) waiting: VecDeque<Vec<u8>>,
    pub(super) sent: VecDeque<Vec<u8>>,
    count: Count,
}

pub(super) struct Incoming(Vec<u8>);

pub(super) struct Outgoing<'a>(&'a mut VecDeque<Vec<u8>>, &'a mut Count);

impl Device for Wire {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Incoming, Outgoing<'_>)> {
        let packet = self.waiting.pop_front()?;
        Some((Incoming(packet), Outgoing(&mut self.sent, &mut self.count)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        Some(Outgoing(&mut self.sent, &mut self.count))
    }

    /// Its default is to make and to verify every checksum.
    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = MTU;
        capabilities
    }
}

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

impl TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let mut packet = vec![0; length];
        let result = write(&mut packet);
        self.1.add(&packet);
        self.0.push_back(packet);
        result
    }
}

/// A host with one socket.
pub(super) struct End {
    pub(super) interface: Interface,
    pub(super) wire: Wire,
    pub(super) sockets: SocketSet<'static>,
    handle: SocketHandle,
}

impl End {
    pub(super) fn new(last: u8, buffer: usize, control: CongestionControl) -> End {
        let mut wire = Wire::default();
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = last.into();
        let mut interface = Interface::new(config, &mut wire, Instant::ZERO);
        interface.update_ip_addrs(|list| list.push(IpCidr::new(address(last), 24)).expect("room"));
        let mut sockets = SocketSet::new(Vec::new());
        let handle = sockets.add(socket(buffer, control));
        End { interface, wire, sockets, handle }
    }

    /// Opens a connection to the other end.
    pub(super) fn connect(&mut self, last: u8) {
        let End { interface, sockets, handle, .. } = self;
        let socket = sockets.get_mut::<Socket<'_>>(*handle);
        socket.connect(interface.context(), (address(last), PORT), 49152).expect("a connection");
    }

    pub(super) fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    /// Takes packets that wait; whether there were any.
    fn receive(&mut self, now: Instant, drive: Drive) -> bool {
        let mut any = false;
        while self.interface.poll_ingress_single(now, &mut self.wire, &mut self.sockets) != Taken::None {
            any = true;
            if drive == Drive::One {
                break;
            }
        }
        any
    }

    /// Sends all there is to send to the other end; whether there was any.
    fn transmit(&mut self, now: Instant, to: &mut VecDeque<Vec<u8>>) -> bool {
        while self.interface.poll_egress(now, &mut self.wire, &mut self.sockets) != PollResult::None {}
        let any = !self.wire.sent.is_empty();
        to.append(&mut self.wire.sent);
        any
    }
}

/// As our hosts are by default: see [`super`].
fn socket(buffer: usize, control: CongestionControl) -> Socket<'static> {
    let buffer = || SocketBuffer::new(vec![0; buffer]);
    let mut socket = Socket::new(buffer(), buffer());
    socket.set_congestion_control(control);
    socket.set_nagle_enabled(false);
    socket.set_tsval_generator(Some(|| 1));
    socket
}

/// Sends what the application writes from one host to the other.
pub(super) fn transfer(Transfer { drive, buffer }: Transfer, mut application: Application) -> Count {
    let mut now = Instant::ZERO;
    let [mut sender, mut receiver] = [1, 2].map(|last| End::new(last, buffer, CongestionControl::Reno));
    receiver.socket().listen(PORT).expect("a free port");
    sender.connect(2);
    while !application.is_done() {
        now += TURN;
        let mut moved = sender.receive(now, drive);
        let out = sender.socket();
        if out.can_send() {
            application.write(|bytes| out.send_slice(bytes).expect("an open connection"));
        }
        moved |= sender.transmit(now, &mut receiver.wire.waiting);
        // The sender goes on when the receiver has dealt with all that came, one way or the other.
        loop {
            let more = receiver.receive(now, drive);
            moved |= more;
            let socket = receiver.socket();
            if socket.can_recv() {
                application.read(|buffer| socket.recv_slice(buffer).expect("an open connection"));
            }
            moved |= receiver.transmit(now, &mut sender.wire.waiting);
            if !more {
                break;
            }
        }
        if !moved {
            now = next_deadline(&mut sender, &mut receiver, now);
        }
    }
    let (out, back) = (sender.wire.count, receiver.wire.count);
    Count { with_data: out.with_data + back.with_data, without: out.without + back.without }
}

/// Nothing is on the wire: time moves on to the next timer, a delayed ACK most likely.
fn next_deadline(sender: &mut End, receiver: &mut End, now: Instant) -> Instant {
    let deadlines = [sender, receiver].map(|end| end.interface.poll_at(now, &end.sockets));
    deadlines.into_iter().flatten().min().expect("a timer, or nothing will ever happen").max(now)
}

fn address(last: u8) -> IpAddress {
    IpAddress::v4(192, 0, 2, last)
}
