//! Linux: packets through the layer 3 link, frames through a packet socket.
//!
//! The kernel writes some fields of an IPv4 header itself: length and checksum always, an identification and a source
//! that are 0. A packet in which these are wrong on purpose leaves in a frame that is made here, since below IP the
//! kernel changes nothing. [`frames`] has both links.

mod ask;
mod device;
mod frames;
mod next_hop;

use std::any::Any;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Instant, SystemTime};

use barewire_packet::link::Link;
use barewire_packet::link::guard::Guard;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::route::{local_address_for, mtu_toward};

use crate::cli::SendArgs;
use crate::commands::send::place::Place;
use crate::craft::reading::packet_in;
use crate::craft::{Built, Packet, Sender};
use crate::failure::{Failure, Step};
use crate::permit::Permit;
use ask::ask;
use device::Device;
use frames::{FrameLink, FramedLink};

/// The discard port: nothing is sent there, the routing table is only asked.
const ANY_PORT: u16 = 9;

/// What this machine fills in.
///
/// # Errors
/// [`Failure`]: no route leads to the destination, or there is no such device.
pub(in crate::commands::send) fn sender(args: &SendArgs, packet: &Packet) -> Result<Sender, Failure> {
    Ok(Start::of(args, packet)?.sender)
}

/// Opens the link.
///
/// # Errors
/// [`Failure`]: the packet may not go there, or the system refuses.
pub(in crate::commands::send) fn open(args: &SendArgs, packet: &Packet) -> Result<Place, Failure> {
    let permit = Permit::here(args.i_own_this_network).map_err(|error| closed("the lab", &error))?;
    // Whether it may go there is said before whether a way leads there.
    if let Ok(built) = packet.build(&Sender::default()) {
        ask(&permit, packet, &built.bytes, args.iface.as_deref(), built.is_frame())?;
    }
    let Start { mut sender, device, own, destination } = Start::of(args, packet)?;
    let built = packet.build(&sender).map_err(|error| Failure::new(Step::Usage, error.to_string()))?;
    let is_framed = built.is_frame() || changes_on_the_way(&built);
    let leaves_by = if is_framed { device.as_ref().map(Device::name) } else { args.iface.as_deref() };
    ask(&permit, packet, &built.bytes, leaves_by, is_framed)?;
    let source =
        packet.source().or_else(|| packet_in(&built.bytes, built.is_frame()).map(|ip| ip.header.source()));
    let spoofed = source.filter(|source| !device::is_ours(*source));
    let held = hold(args, packet, &mut sender, own, spoofed)?;
    let is_frame = built.is_frame();
    let link: Box<dyn Link> = if is_framed {
        let Some(device) = device else {
            return Err(Failure::new(Step::Usage, "a frame leaves by a device: name it with --iface"));
        };
        let mut frames = FrameLink::open(&device).map_err(|error| closed(device.name(), &error))?;
        let needs_hop = !is_frame || packet.layers.first().is_none_or(|ether| ether.given("dst").is_none());
        if let Some(IpAddr::V4(destination)) = destination.filter(|_| needs_hop && !packet.has("arp")) {
            sender.next_hop = next_hop::find(&device, destination, &mut frames)?;
        }
        if is_frame {
            Box::new(frames)
        } else {
            let ears = layer3(args, destination)?;
            Box::new(FramedLink::new(frames, ears, sender.next_hop, device.mac()))
        }
    } else {
        Box::new(layer3(args, destination)?)
    };
    let way = args.iface.as_ref().map_or(String::new(), |name| format!(" at {name}"));
    let frame = if is_framed && !is_frame { ", in a frame of its own" } else { "" };
    let about = format!("over the wires of this machine{way}{frame}");
    Ok(Place { link, is_frame, sender, about, spoofed, clock: (Instant::now(), SystemTime::now()), held })
}

/// What is known before anything is opened.
struct Start {
    sender: Sender,
    device: Option<Device>,
    /// The address that packets to the destination leave from.
    own: Option<IpAddr>,
    destination: Option<IpAddr>,
}

impl Start {
    fn of(args: &SendArgs, packet: &Packet) -> Result<Start, Failure> {
        let mut device = args.iface.as_deref().map(Device::named).transpose()?;
        let destination = packet.destination().or_else(|| {
            let bytes = packet.bytes().ok()?;
            Some(packet_in(&bytes, packet.is_frame())?.header.destination())
        });
        let own = match destination {
            Some(destination) => local_address(destination, device.as_ref(), packet)?,
            None => None,
        };
        if device.is_none() {
            device = own.and_then(Device::of_address);
        }
        let mac = device.as_ref().map_or(Sender::default().mac, Device::mac);
        let sender = own.into_iter().fold(Sender { mac, ..Sender::default() }, Sender::at);
        Ok(Start { sender, device, own, destination })
    }
}

/// The address that the kernel would send from. A packet that says its source, and a frame, need no route.
fn local_address(to: IpAddr, device: Option<&Device>, packet: &Packet) -> Result<Option<IpAddr>, Failure> {
    let toward = device.map_or(SocketAddr::new(to, ANY_PORT), |device| device.scoped(to, ANY_PORT));
    match local_address_for(toward) {
        Ok(own) => Ok(Some(own)),
        Err(_) if packet.source().is_some() || packet.is_frame() => {
            Ok(device.and_then(|device| device.address(to)))
        }
        Err(error) => Err(Failure::new(
            Step::Connect,
            format!("no way leads to {to}: {error}; src=.. and --iface say it all"),
        )),
    }
}

fn layer3(args: &SendArgs, destination: Option<IpAddr>) -> Result<Layer3Link, Failure> {
    let mtu = destination.and_then(|to| mtu_toward(SocketAddr::new(to, ANY_PORT)).ok());
    let defaults = Layer3Options::default();
    let mtu = mtu.unwrap_or(defaults.mtu);
    let options = Layer3Options { device: args.iface.clone(), mtu, ..defaults };
    Layer3Link::open(&options).map_err(|error| closed("a raw link", &error))
}

/// Whether the kernel would write fields of this packet that were asked to be otherwise.
fn changes_on_the_way(built: &Built) -> bool {
    let Some(ip) = built.parts.first().filter(|part| part.header.name == "ip") else { return false };
    ip.sets.iter().any(|set| match set.field.name {
        "version" | "ihl" | "len" | "chksum" => set.right.is_some(),
        "id" => set.sent == "0",
        "src" => set.sent == "0.0.0.0",
        _ => false,
    })
}

/// Keeps the kernel from answering what comes back: a guard on the port of a segment, a socket on that of a datagram.
/// Where no port was given, the system chooses one.
fn hold(
    args: &SendArgs,
    packet: &Packet,
    sender: &mut Sender,
    own: Option<IpAddr>,
    spoofed: Option<IpAddr>,
) -> Result<Vec<Box<dyn Any>>, Failure> {
    let transport = packet.layers.iter().find(|layer| matches!(layer.header.name, "tcp" | "udp"));
    let (Some(transport), Some(own)) = (transport, own) else { return Ok(Vec::new()) };
    let given = transport.given("sport").and_then(|given| given.number());
    let wanted = given.map_or(0, |port| port as u16);
    let own = packet.source().filter(|_| spoofed.is_none()).unwrap_or(own);
    if transport.header.name == "udp" {
        // A port that is given may be in use: then its user hears the answer too.
        return match UdpSocket::bind((own, wanted)) {
            Ok(socket) => {
                sender.port = socket.local_addr().map_or(sender.port, |local| local.port());
                Ok(vec![Box::new(socket)])
            }
            Err(_) => Ok(Vec::new()),
        };
    }
    if args.no_guard || spoofed.is_some() && !args.guard {
        return Ok(Vec::new());
    }
    match Guard::open(own, wanted) {
        Ok(guard) => {
            sender.port = guard.port();
            Ok(vec![Box::new(guard)])
        }
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(Failure::new(
            Step::Connect,
            format!(
                "port {wanted} of {own} is in use here, and its user hears the answer: give another sport, or \
                 --no-guard"
            ),
        )),
        Err(error) => Err(closed("a guard", &error)),
    }
}

fn closed(what: &str, error: &io::Error) -> Failure {
    Failure::new(Step::Connect, format!("{what} cannot be opened: {error}"))
}
