//! The experiments, and how many resets the far host sees of each.

/// A lesson with a word, and what a capture of it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Experiment {
    pub(crate) lesson: &'static str,
    pub(crate) word: &'static str,
    pub(crate) topology: &'static str,
    /// How many resets pass the far host: those that the lesson forges, and those that it makes a kernel send.
    pub(crate) resets: usize,
}

const fn on(topology: &'static str, lesson: &'static str, word: &'static str, resets: usize) -> Experiment {
    Experiment { lesson, word, topology, resets }
}

pub(crate) const EXPERIMENTS: &[Experiment] = &[
    on("pair", "handshake_by_hand", "", 0),
    // An ACK that fits nothing is answered by a reset, before the handshake is over and where nobody listens.
    on("pair", "handshake_by_hand", "wrong", 1),
    on("pair", "handshake_by_hand", "closed", 2),
    on("pair", "port_states", "", 0),
    on("pair", "port_states", "server", 0),
    on("pair", "port_states", "both", 0),
    on("pair", "port_states", "stray", 1),
    // Three are forged.
    on("lan", "rst_injection", "", 3),
    on("lan", "rst_injection", "syn", 0),
    // And Alice answers the challenge with one.
    on("lan", "rst_injection", "gone", 4),
    // Alice's kernel has not asked for the SYN-ACK.
    on("lan", "spoof", "", 1),
    on("lan", "spoof", "nobody", 0),
    // And Bob's has no connection any more that the guess could belong to.
    on("lan", "spoof", "guess", 2),
    on("pair", "fragments", "", 0),
    on("pair", "fragments", "tiny", 0),
    on("lan", "hijack", "", 0),
    on("lan", "hijack", "blind", 0),
    on("lan", "hijack", "long", 0),
    on("lan", "hijack", "tls", 0),
    on("path", "mtu_black_hole", "", 0),
    on("path", "mtu_black_hole", "icmp", 0),
    on("path", "mtu_black_hole", "small", 0),
    on("lan", "syn_flood_wire", "", 0),
    // Alice's kernel takes each place back, twice.
    on("lan", "syn_flood_wire", "real", 16),
    on("path", "sniff", "", 0),
    on("path", "sniff", "tls", 0),
    on("path", "sniff", "syn", 0),
    on("path", "ping_and_traceroute", "", 0),
    // SYNs for hops 2, 3 and 4 leave together, three for each, and the server is at hop 2.
    on("path", "ping_and_traceroute", "tcp", 9),
    on("path", "ping_and_traceroute", "large", 0),
    // Bob's for two closed ports, and the scan's for two open ones.
    on("lan", "syn_scan", "", 4),
    on("lan", "syn_scan", "forged", 4),
    on("lan", "syn_scan", "absent", 0),
    on("lan", "arp_poison", "", 0),
    on("lan", "arp_poison", "static", 0),
];
