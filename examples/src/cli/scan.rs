//! The flags of `scan`.

use std::time::Duration;

use clap::Args;

use super::probing::ProbeArgs;
use super::values::parse_seconds;

pub(super) const SCAN_EXAMPLES: &str = "\
Examples:
  barewire scan                                     in the scene `firewall`
  barewire scan 198.51.100.81 -p 5430-5440          what its firewall does
  barewire scan 127.0.0.1 ::1 --net raw -p 1-1024   this machine
  barewire scan server --net raw -p 22,80,443 --rate 100    inside the lab
  barewire scan 10.77.0.2 --net raw -p- --json | jq .port
  barewire scan 192.168.1.1 --net raw --i-own-this-network

Over real wires, only loopback and the lab are scanned; private networks with
the flag that says whose they are; others never.

Exit codes: 0 a port is open, 1 none is, 2 anything else";

/// Ports of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports(pub Vec<u16>);

/// Numbers and ranges: 22,80,8000-8010; `-` alone: all.
fn parse_ports(text: &str) -> Result<Ports, String> {
    let number = |text: &str, usual: u16| match text {
        "" => Ok(usual),
        text => {
            text.parse::<u16>().map_err(|_| format!("{text:?} is not a port, which is a number up to 65535"))
        }
    };
    let mut ports = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            Some((first, last)) => {
                let (first, last) = (number(first, 1)?, number(last, u16::MAX)?);
                if first > last {
                    return Err(format!("{part} ends before it begins"));
                }
                ports.extend(first..=last);
            }
            None if part.is_empty() => return Err("a port is missing; wanted 22,80,8000-8010".to_owned()),
            None => ports.push(number(part, 0)?),
        }
    }
    ports.sort_unstable();
    ports.dedup();
    Ok(Ports(ports))
}

/// The flags of `scan`.
#[derive(Debug, Clone, Args)]
#[expect(missing_docs, reason = "the members of a group are its flags")]
pub struct ScanArgs {
    /// The hosts: names or addresses (default: two hosts of the scene)
    #[arg(value_name = "HOST")]
    pub hosts: Vec<String>,
    /// The ports: numbers and ranges, as in 22,80,8000-8010; - is all of them
    /// (default: some that servers often have)
    #[arg(short, long, value_name = "PORTS", allow_hyphen_values = true, value_parser = parse_ports)]
    pub ports: Option<Ports>,
    /// SYNs a second, at the most
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// How often to ask again where nothing comes
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=10))]
    pub retries: u8,
    /// How long to wait for an answer
    #[arg(short, long, value_name = "SECONDS", default_value = "1", value_parser = parse_seconds)]
    pub wait: Duration,
    /// Ask in the order of hosts and ports, not in a random one
    #[arg(long)]
    pub in_order: bool,
    /// Let the kernel hear the answers too: it resets what it does not know, before we do
    #[arg(long)]
    pub no_guard: bool,
    /// Allow addresses of private ranges: the network is yours, or its owner has agreed
    #[arg(long)]
    pub i_own_this_network: bool,
    #[command(flatten)]
    pub wire: ProbeArgs,
}

#[cfg(test)]
mod tests {
    use super::{Ports, parse_ports};

    #[test]
    fn ports_and_ranges() {
        assert_eq!(parse_ports("80,22,443-445,80"), Ok(Ports(vec![22, 80, 443, 444, 445])));
        assert_eq!(parse_ports("-").unwrap().0.len(), 65_535);
        assert_eq!(parse_ports("65530-"), Ok(Ports((65_530..=65_535).collect())));
        assert_eq!(parse_ports("-3"), Ok(Ports(vec![1, 2, 3])));
        for wrong in ["", "80,", "9-8", "65536", "http", "1--2"] {
            assert!(parse_ports(wrong).is_err(), "{wrong}");
        }
    }
}
