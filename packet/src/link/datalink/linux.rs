//! The data link on Linux.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use pnet_datalink::NetworkInterface;

use super::DatalinkOptions;
use super::neighbours::{Config, Event, Neighbours, Transmit};
use super::socket::FrameSocket;
use crate::ethertype;
use crate::frame::{EthernetHeader, MacAddress};
use crate::icmp::{ErrorKind, error_packet};
use crate::ip::IpPacket;
use crate::link::Link;
use crate::link::interface;
use crate::link::socket::{too_large, wait_readable};

/// How many packets and events may wait for the caller.
const MOST_WAITING: usize = 256;

/// RFC 1122 §3.2.2.1 and RFC 4861 §7.2.2: the host of an address cannot be reached.
const UNREACHABLE: [ErrorKind; 2] =
    [ErrorKind { kind: 3, code: 1, word: 0 }, ErrorKind { kind: 1, code: 3, word: 0 }];

/// A link on the network of an interface, with addresses of our own.
pub struct DatalinkLink {
    socket: FrameSocket,
    neighbours: Neighbours,
    mac: MacAddress,
    vlan: Option<u16>,
    mtu: usize,
    /// The frame that is being sent.
    frame: Vec<u8>,
    /// Packets that the caller has not fetched: those that came while our addresses were claimed, and our own errors.
    waiting: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
    /// Packets for us that nobody fetched in time.
    unfetched: u64,
    unsent: u64,
}

impl DatalinkLink {
    /// Opens the link on `interface` ("eth0"), and claims our addresses there.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::NotFound`]
    /// for an interface that is not there; [`io::ErrorKind::NetworkDown`] for one that is down;
    /// [`io::ErrorKind::Unsupported`] for one that is not Ethernet; [`io::ErrorKind::AddrInUse`] for an address that
    /// the kernel or another host has.
    pub fn open(interface: &str, options: &DatalinkOptions) -> io::Result<DatalinkLink> {
        let found = find(interface)?;
        let mac = ethernet_address(&found)?;
        refuse_what_the_kernel_has(options)?;
        let socket = FrameSocket::open(&found, mac, options.vlan, options.receive_buffer)?;
        socket.join_groups(found.index, &options.addresses)?;
        let config = Config {
            gateways: options.gateways.clone(),
            probes: options.probes,
            ..Config::new(mac, options.addresses.clone())
        };
        let own_mtu = interface::mtu(interface)?;
        let mut link = DatalinkLink {
            socket,
            neighbours: Neighbours::new(Instant::now(), config),
            mac,
            vlan: options.vlan,
            mtu: options.mtu.map_or(own_mtu, |mtu| mtu.min(own_mtu)),
            frame: Vec::new(),
            waiting: VecDeque::new(),
            events: VecDeque::new(),
            unfetched: 0,
            unsent: 0,
        };
        link.claim(options.addresses.len())?;
        Ok(link)
    }

    /// Who is where, and what was thrown away.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// What happened on the link since this was asked last: neighbours found and lost, addresses in conflict.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The MAC address that our frames come from: the interface's own.
    pub fn mac(&self) -> MacAddress {
        self.mac
    }

    /// Waits until all of our addresses are ours.
    fn claim(&mut self, addresses: usize) -> io::Result<()> {
        let mut claimed = 0;
        loop {
            self.run_timers(Instant::now())?;
            while let Some(event) = self.events.pop_front() {
                match event {
                    Event::Claimed(_) => claimed += 1,
                    Event::Conflict { address, mac, held: false } => {
                        let text = format!("{address} is in use by {mac}: choose another address");
                        return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
                    }
                    _ => {}
                }
            }
            if claimed >= addresses {
                return Ok(());
            }
            while let Some(packet) = self.take_frame()? {
                self.keep(packet);
            }
            wait_readable(&[&self.socket], self.neighbours.deadline())?;
        }
    }

    /// The next frame that is here now, if it brings a packet for us. A frame that does not is dealt with, and the next
    /// one is looked at.
    fn take_frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let frame = match self.socket.receiver.next() {
                Ok(frame) => frame,
                Err(error) => match error.kind() {
                    io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => return Ok(None),
                    io::ErrorKind::Interrupted => continue,
                    _ => return Err(error),
                },
            };
            let Ok((header, payload)) = EthernetHeader::parse(frame) else { continue };
            let packet = self.neighbours.receive(Instant::now(), &header, header.kind, payload);
            if let Some(packet) = packet {
                return Ok(Some(packet.to_vec()));
            }
            self.flush()?;
        }
    }

    fn run_timers(&mut self, now: Instant) -> io::Result<()> {
        if self.neighbours.deadline().is_some_and(|deadline| deadline <= now) {
            self.neighbours.on_deadline(now);
        }
        self.flush()
    }

    /// Sends what the neighbours want sent, and hears what they have to say.
    fn flush(&mut self) -> io::Result<()> {
        while let Some(Transmit { destination, kind, payload }) = self.neighbours.transmit(Instant::now()) {
            self.send_frame(destination, kind, &payload)?;
        }
        while let Some(event) = self.neighbours.event() {
            if let Event::Unreachable { packets, .. } = &event {
                packets.iter().filter_map(|packet| unreachable(packet)).for_each(|error| self.keep(error));
            }
            if self.events.len() >= MOST_WAITING {
                self.events.pop_front();
            }
            self.events.push_back(event);
        }
        Ok(())
    }

    fn keep(&mut self, packet: Vec<u8>) {
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(packet);
        } else {
            self.unfetched += 1;
        }
    }

    fn send_frame(&mut self, destination: MacAddress, kind: u16, payload: &[u8]) -> io::Result<()> {
        self.frame.clear();
        let outer = if self.vlan.is_some() { ethertype::VLAN } else { kind };
        EthernetHeader { destination, source: self.mac, kind: outer }.write(&mut self.frame);
        if let Some(vlan) = self.vlan {
            // IEEE 802.1Q §9.6: priority 0, not drop eligible, the VLAN; then what the frame really carries.
            self.frame.extend_from_slice(&vlan.to_be_bytes());
            self.frame.extend_from_slice(&kind.to_be_bytes());
        }
        self.frame.extend_from_slice(payload);
        // Short frames are filled up by the network card.
        match self.socket.sender.send_to(&self.frame, None) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(error)) => self.judge(error, payload.len()),
        }
    }

    fn judge(&mut self, error: io::Error, length: usize) -> io::Result<()> {
        match error.raw_os_error() {
            // A full queue: to TCP a lost packet, no more.
            Some(libc::ENOBUFS | libc::EAGAIN) => {}
            None if error.kind() == io::ErrorKind::TimedOut => {}
            Some(libc::EMSGSIZE) => {
                return Err(too_large(length, "the interface"));
            }
            _ => return Err(error),
        }
        self.unsent += 1;
        Ok(())
    }
}

impl Link for DatalinkLink {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        if packet.len() > self.mtu {
            return Err(too_large(packet.len(), &format!("the MTU of {}", self.mtu)));
        }
        let before = self.neighbours.tally().no_way;
        match self.neighbours.send(Instant::now(), packet) {
            Some(mac) => {
                let is_v4 = packet.first().is_some_and(|byte| byte >> 4 == 4);
                self.send_frame(mac, if is_v4 { ethertype::IPV4 } else { ethertype::IPV6 }, packet)?;
            }
            None if self.neighbours.tally().no_way > before => {
                let text =
                    "no way to the destination: it is ourselves, or beyond a router, and none is given";
                return Err(io::Error::new(io::ErrorKind::NetworkUnreachable, text));
            }
            None => {}
        }
        self.flush()
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            self.run_timers(Instant::now())?;
            if let Some(packet) = self.waiting.pop_front() {
                return Ok(Some(packet));
            }
            if let Some(packet) = self.take_frame()? {
                return Ok(Some(packet));
            }
            let wake = [deadline, self.neighbours.deadline()].into_iter().flatten().min();
            if !wait_readable(&[&self.socket], wake)? && wake == deadline {
                return Ok(None);
            }
        }
    }

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    fn drops(&self) -> Option<u64> {
        Some(self.socket.drops()? + self.unfetched)
    }

    fn unsent(&self) -> u64 {
        self.unsent
    }
}

impl fmt::Debug for DatalinkLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DatalinkLink { mac, vlan, mtu, neighbours, .. } = self;
        f.debug_struct("DatalinkLink")
            .field("mac", mac)
            .field("vlan", vlan)
            .field("mtu", mtu)
            .field("neighbours", neighbours)
            .finish_non_exhaustive()
    }
}

fn find(name: &str) -> io::Result<NetworkInterface> {
    let all = pnet_datalink::interfaces();
    if let Some(found) = all.iter().find(|interface| interface.name == name) {
        return Ok(found.clone());
    }
    let names: Vec<&str> = all.iter().map(|interface| interface.name.as_str()).collect();
    let text = format!("there is no interface {name:?} here; there are: {}", names.join(", "));
    Err(io::Error::new(io::ErrorKind::NotFound, text))
}

fn ethernet_address(interface: &NetworkInterface) -> io::Result<MacAddress> {
    let name = &interface.name;
    let Some(mac) = interface.mac.filter(|_| !interface.is_loopback() && !interface.is_point_to_point())
    else {
        let text =
            format!("{name} is not an Ethernet: it carries packets without frames. Use the raw link there");
        return Err(io::Error::new(io::ErrorKind::Unsupported, text));
    };
    if !interface.is_up() {
        let text = format!("{name} is down: sudo ip link set {name} up");
        return Err(io::Error::new(io::ErrorKind::NetworkDown, text));
    }
    Ok(MacAddress(mac.octets()))
}

fn refuse_what_the_kernel_has(options: &DatalinkOptions) -> io::Result<()> {
    let interfaces = pnet_datalink::interfaces();
    for (address, _) in &options.addresses {
        let owner = interfaces.iter().find(|interface| interface.ips.iter().any(|ip| ip.ip() == *address));
        if let Some(owner) = owner {
            let text = format!(
                "{address} is the kernel's own address on {}, and it would answer there with resets: choose an address \
                 that is free, or use the raw link, which keeps the kernel quiet",
                owner.name
            );
            return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
        }
    }
    Ok(())
}

/// What a host tells itself of a packet whose neighbour does not answer.
fn unreachable(packet: &[u8]) -> Option<Vec<u8>> {
    let source = IpPacket::parse(packet).ok()?.header.source();
    let error = UNREACHABLE[usize::from(source.is_ipv6())];
    Some(error_packet(source, source, error, packet))
}
