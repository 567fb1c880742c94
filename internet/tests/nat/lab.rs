//! Hosts around a NAT, and what each of them receives.
//!
//! ```text
//!   a 192.168.1.42 ─┐                                           ┌─ s 203.0.113.80
//!   b 192.168.1.43 ─┼─ 192.168.1.1  NAT 203.0.113.5 ────────────┤
//!   c 192.168.2.43 ─── 192.168.2.1                              └─ t 203.0.113.81
//! ```
//!
//! The same lab stands in our world and in a network namespace of Linux.

use std::time::Duration;

use crate::packets::line;

/// Where the hosts are.
pub(crate) const HOSTS: [(&str, &str); 5] = [
    ("a", "192.168.1.42"),
    ("b", "192.168.1.43"),
    ("c", "192.168.2.43"),
    ("s", "203.0.113.80"),
    ("t", "203.0.113.81"),
];

/// What joins the hosts: our world, or Linux.
pub(crate) trait Wires {
    /// A host sends a packet. What arrives anywhere because of it: where, and what.
    fn exchange(&mut self, from: &str, packet: &[u8]) -> Vec<(String, Vec<u8>)>;
    /// Time passes. What arrives meanwhile.
    fn wait(&mut self, time: Duration) -> Vec<(String, Vec<u8>)>;
    /// Where the TCP connections stand that the NAT knows, in conntrack's words.
    fn states(&mut self) -> Vec<String>;
    /// The NAT forgets all connections.
    fn forget(&mut self);
}

/// The lab.
pub(crate) struct Lab<W: ?Sized> {
    /// The packets that arrived last, with the host they reached.
    pub(crate) last: Vec<(String, Vec<u8>)>,
    pub(crate) wires: Box<W>,
}

impl<W: Wires + ?Sized> Lab<W> {
    pub(crate) fn new(wires: Box<W>) -> Lab<W> {
        Lab { last: Vec::new(), wires }
    }

    /// A host sends a packet: what arrives where, in lines like `s: UDP 203.0.113.5:52341 > 203.0.113.80:53`.
    pub(crate) fn send(&mut self, from: &str, packet: Vec<u8>) -> String {
        self.last = self.wires.exchange(from, &packet);
        self.told()
    }

    /// The same for a packet that is not to be read. How many packets arrived.
    pub(crate) fn wires_told(&mut self, from: &str, packet: &[u8]) -> usize {
        self.last = self.wires.exchange(from, packet);
        self.last.len()
    }

    /// Time passes; what arrives meanwhile.
    pub(crate) fn wait(&mut self, seconds: f64) -> String {
        self.last = self.wires.wait(Duration::from_secs_f64(seconds));
        self.told()
    }

    fn told(&self) -> String {
        let told = |(at, packet): &(String, Vec<u8>)| format!("{at}: {}", line(packet));
        match self.last.len() {
            0 => "nothing".to_owned(),
            _ => self.last.iter().map(told).collect::<Vec<_>>().join(" and "),
        }
    }

    /// The source port of the packet that arrived last: the external port.
    pub(crate) fn port(&self) -> u16 {
        let (_, packet) = self.last.first().expect("no packet arrived");
        let at = if packet[9] == 1 { 24 } else { 20 };
        u16::from_be_bytes([packet[at], packet[at + 1]])
    }
}
