//! What each interface leaves to its network card, and why a reader of packets should know.

use std::fs;

use barewire_packet::link::offload::{Offloads, is_connected, offloads};

use super::probe::Probe;

/// How many interfaces are told: a host of containers has hundreds.
const MOST: usize = 8;

/// One probe for each interface that is connected, but loopback.
pub(super) fn probe() -> Vec<Probe> {
    names().into_iter().filter(|name| is_connected(name)).take(MOST).map(|name| of(&name)).collect()
}

/// The interfaces of this thread's network namespace.
fn names() -> Vec<String> {
    let table = fs::read_to_string("/proc/thread-self/net/dev").unwrap_or_default();
    let names = table.lines().skip(2).filter_map(|line| line.split_once(':'));
    names.map(|(name, _)| name.trim().to_owned()).filter(|name| name != "lo").collect()
}

fn of(name: &str) -> Probe {
    let probe =
        Probe::new(name, "captures show packets as they are on the wire", "what ethtool -k asks the kernel");
    match offloads(name) {
        Ok(found) if found == Offloads::default() => probe.open("nothing is left to the card"),
        Ok(found) => probe.closed(
            format!("{}; our stack takes that", seen(found)),
            format!("sudo ethtool -K {name} tx off tso off gso off gro off"),
        ),
        Err(error) => probe.untried(error.to_string()),
    }
}

/// What can be seen because of them.
fn seen(found: Offloads) -> String {
    let cut = [(found.tso, "TSO"), (found.gso, "GSO"), (found.gro, "GRO")];
    let cut: Vec<&str> = cut.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    let mut said = Vec::new();
    if !cut.is_empty() {
        said.push(format!("packets above the MTU ({})", cut.join(", ")));
    }
    if found.send_checksum {
        said.push("checksums that nobody has finished".to_owned());
    }
    if found.receive_checksum {
        said.push("checksums that the card has judged already".to_owned());
    }
    format!("left to the card: you may see {}", said.join(", and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_is_told() {
        let found = Offloads { tso: true, gro: true, send_checksum: true, ..Offloads::default() };
        let text = "left to the card: you may see packets above the MTU (TSO, GRO), and checksums that \
                    nobody has finished";
        assert_eq!(seen(found), text);
    }
}
