//! The hosts of the toy ground on one Ethernet: each has a card and the core that looks for neighbours.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use barewire_internet::Address;
use barewire_packet::frame::{EthernetHeader, MacAddress};
use barewire_packet::link::Link;
use barewire_packet::link::datalink::neighbours::{Config, Event, Neighbours, Transmit};
use barewire_packet::transit::Transit;

use crate::experiment::ethernet::{Card, Ethernet};
use crate::experiment::plan::Plan;

/// What a frame carries, by its EtherType.
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;

/// An Ethernet on which nothing takes time. Clones are the same one.
#[derive(Clone)]
pub(in super::super) struct ToyEthernet(Arc<Mutex<Inside>>);

struct Inside {
    now: Instant,
    ends: Vec<End>,
}

/// A core at a card: the host's own, or one more that has claimed an address there.
struct End {
    host: &'static str,
    mac: MacAddress,
    addresses: Vec<(IpAddr, u8)>,
    core: Neighbours,
    /// Entries of the table that no frame changes. The core has none such.
    fixed: Vec<(IpAddr, MacAddress)>,
    inbox: VecDeque<Vec<u8>>,
}

impl End {
    fn new(now: Instant, host: &'static str, mac: MacAddress, addresses: Vec<(IpAddr, u8)>) -> End {
        // Nobody asks first whether an address is free: an attacker does not, and the hosts have theirs.
        let config = Config { probes: 0, ..Config::new(mac, addresses.clone()) };
        let (core, fixed, inbox) = (Neighbours::new(now, config), Vec::new(), VecDeque::new());
        End { host, mac, addresses, core, fixed, inbox }
    }

    fn has(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|(own, _)| *own == address)
    }
}

impl ToyEthernet {
    pub(in super::super) fn new(plan: Plan) -> Result<ToyEthernet, Box<dyn Error>> {
        let mut inside = Inside { now: Instant::now(), ends: Vec::new() };
        for (number, (host, texts)) in (1..).zip(plan.hosts()) {
            let addresses = texts.split_whitespace().map(|text| {
                let Address { address, length } = text.parse()?;
                Ok((address, length))
            });
            let addresses = addresses.collect::<Result<_, Box<dyn Error>>>()?;
            inside.ends.push(End::new(inside.now, host, MacAddress([2, 0, 0, 0, 0, number]), addresses));
        }
        inside.turn();
        Ok(ToyEthernet(Arc::new(Mutex::new(inside))))
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, host: &str) -> Result<usize, Box<dyn Error>> {
        let found = self.lock().ends.iter().position(|end| end.host == host);
        Ok(found.ok_or_else(|| format!("there is no host {host} here"))?)
    }
}

impl Inside {
    /// Carries frames until nobody has one to send.
    fn turn(&mut self) {
        let now = self.now;
        for end in &mut self.ends {
            end.core.on_deadline(now);
        }
        while let Some((from, frame)) =
            (0..self.ends.len()).find_map(|from| Some((from, self.ends[from].core.transmit(now)?)))
        {
            self.carry(from, &frame);
        }
    }

    fn carry(&mut self, from: usize, frame: &Transmit) {
        let source = self.ends[from].mac;
        let claimed = self.ends[from].addresses.clone();
        let header = EthernetHeader { destination: frame.destination, source, kind: frame.kind };
        for end in self.ends.iter_mut().filter(|end| end.mac != source) {
            // A kernel does not look whether somebody else has its address (it would defend it by RFC 5227 §2.4), so
            // these hosts do not, either.
            if claimed.iter().any(|(address, _)| end.has(*address)) {
                continue;
            }
            // The core gives out what is for its address; a link hears all that comes to its card.
            end.core.receive(self.now, &header, frame.kind, &frame.payload);
            if frame.destination == end.mac && [IPV4, IPV6].contains(&frame.kind) {
                end.inbox.push_back(frame.payload.clone());
            }
        }
    }
}

impl Ethernet for ToyEthernet {
    fn link(&self, host: &str) -> Result<Box<dyn Link>, Box<dyn Error>> {
        Ok(Box::new(ToyCard { ethernet: self.clone(), place: self.place(host)? }))
    }

    fn claim(&self, host: &str, address: IpAddr) -> Result<Box<dyn Card>, Box<dyn Error>> {
        let at = self.place(host)?;
        let mut inside = self.lock();
        let (host, mac, now) = (inside.ends[at].host, inside.ends[at].mac, inside.now);
        let same = inside.ends[at].addresses.iter().find(|(own, _)| own.is_ipv4() == address.is_ipv4());
        let (_, length) = *same.ok_or("the host has no address of this version")?;
        inside.ends.push(End::new(now, host, mac, vec![(address, length)]));
        inside.turn();
        Ok(Box::new(ToyCard { ethernet: self.clone(), place: inside.ends.len() - 1 }))
    }

    fn fix(&self, host: &str, address: IpAddr, owner: &str) -> Result<(), Box<dyn Error>> {
        let (host, owner) = (self.place(host)?, self.place(owner)?);
        let mut inside = self.lock();
        let mac = inside.ends[owner].mac;
        inside.ends[host].fixed.push((address, mac));
        Ok(())
    }

    fn table(&self, host: &str) -> Result<Vec<(IpAddr, String)>, Box<dyn Error>> {
        let place = self.place(host)?;
        let inside = self.lock();
        let end = &inside.ends[place];
        let fixed = |address| end.fixed.iter().find(|(of, _)| *of == address).map(|(_, mac)| *mac);
        let name = |mac| inside.ends.iter().find(|end| end.mac == mac).map_or("nobody", |end| end.host);
        let known = end.core.known();
        Ok(known.map(|(of, mac)| (of, name(fixed(of).unwrap_or(mac)).to_owned())).collect())
    }
}

/// A card in the toy ground.
struct ToyCard {
    ethernet: ToyEthernet,
    place: usize,
}

impl Link for ToyCard {
    fn now(&self) -> Instant {
        self.ethernet.lock().now
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let mut inside = self.ethernet.lock();
        let now = inside.now;
        let end = &mut inside.ends[self.place];
        let to = Transit::parse(packet.to_vec()).map_err(io::Error::other)?.destination();
        let fixed = end.fixed.iter().find(|(of, _)| *of == to).map(|(_, mac)| *mac);
        if let Some(destination) = fixed.or_else(|| end.core.send(now, packet)) {
            let kind = if to.is_ipv4() { IPV4 } else { IPV6 };
            inside.carry(self.place, &Transmit { destination, kind, payload: packet.to_vec() });
        }
        inside.turn();
        Ok(())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let mut inside = self.ethernet.lock();
        let packet = inside.ends[self.place].inbox.pop_front();
        if packet.is_none() {
            // Nobody waits here for more than a day.
            let deadline = deadline.unwrap_or_else(|| inside.now + Duration::from_secs(86_400));
            inside.now = inside.now.max(deadline);
        }
        Ok(packet)
    }
}

impl Card for ToyCard {
    fn event(&mut self) -> Option<Event> {
        self.ethernet.lock().ends[self.place].core.event()
    }
}
