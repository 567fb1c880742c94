//! Whose card a frame to an IPv4 address has to reach: the routing table says which host, and ARP which card.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use barewire_packet::frame::MacAddress;
use barewire_packet::link::Link;

use super::device::Device;
use super::frames::FrameLink;
use crate::craft::answer::{Question, What};
use crate::craft::{self, Sender};
use crate::failure::{Failure, Step};

/// How often ARP asks, and how long it waits each time.
const TRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_millis(500);

/// The card that packets to `destination` are handed to.
///
/// # Errors
/// [`Failure`]: nobody answers.
pub(super) fn find(
    device: &Device,
    destination: Ipv4Addr,
    frames: &mut FrameLink,
) -> Result<MacAddress, Failure> {
    if device.0.is_loopback() {
        return Ok(MacAddress([0; 6]));
    }
    if destination.is_broadcast() {
        return Ok(MacAddress::BROADCAST);
    }
    if destination.is_multicast() {
        // A group has a MAC address with the last 23 bits of its own.
        let [_, b, c, d] = destination.octets();
        return Ok(MacAddress([0x01, 0x00, 0x5e, b & 0x7f, c, d]));
    }
    let is_near = device.0.ips.iter().any(|network| network.contains(destination.into()));
    let hop = if is_near { destination } else { gateway(device.name()).unwrap_or(destination) };
    arp(device, hop, frames)
}

/// The router of the default route at this device: the table in /proc has addresses as numbers in the machine's order.
fn gateway(device: &str) -> Option<Ipv4Addr> {
    let table = fs::read_to_string("/proc/thread-self/net/route").ok()?;
    table.lines().skip(1).find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, "00000000", gateway, ..] = words[..] else { return None };
        let number = u32::from_str_radix(gateway, 16).ok().filter(|_| name == device)?;
        Some(Ipv4Addr::from(number.to_ne_bytes()))
    })
}

fn arp(device: &Device, hop: Ipv4Addr, frames: &mut FrameLink) -> Result<MacAddress, Failure> {
    let failed = |error: &std::io::Error| Failure::io(Step::Connect, error);
    let sender = Sender { mac: device.mac(), ..Sender::default() };
    let sender = device.address(IpAddr::V4(hop)).into_iter().fold(sender, Sender::at);
    let built = craft::packet(&format!("ether(dst=ff:ff:ff:ff:ff:ff)/arp(pdst={hop})"))
        .and_then(|packet| packet.build(&sender))
        .map_err(|error| Failure::new(Step::Usage, error.to_string()))?;
    let question = Question::of(&built.bytes, true);
    for _ in 0..TRIES {
        frames.send(&built.bytes).map_err(|error| failed(&error))?;
        let end = Instant::now() + PATIENCE;
        while let Some(frame) = frames.receive(Some(end)).map_err(|error| failed(&error))? {
            let answer = question.as_ref().and_then(|question| question.answer(&frame, true));
            if let Some(What::Card(mac)) = answer.map(|answer| answer.what) {
                return Ok(mac);
            }
        }
    }
    let why = format!(
        "nobody at {} has {hop}: ARP was asked {TRIES} times; ether(dst=..) says whom to send to",
        device.name()
    );
    Err(Failure::new(Step::Connect, why))
}
