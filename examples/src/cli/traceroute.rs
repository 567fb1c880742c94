//! The flags of `traceroute`.

use std::time::Duration;

use clap::Args;

use super::probing::ProbeArgs;
use super::values::parse_seconds;

pub(super) const TRACEROUTE_EXAMPLES: &str = "\
Examples:
  barewire traceroute                               in the scene of that name
  barewire traceroute www.example.test --icmp -q 1
  barewire traceroute www.example.test --scene home    a NAT on the way
  barewire traceroute 10.77.0.2 --net raw --tcp 80  SYNs, for firewalls
  barewire traceroute ::1 --net raw --mtu           the largest that passes
  barewire traceroute host --net raw --classic      each probe another flow
  barewire lab run --topology path -- barewire traceroute server --net raw

Times are from the probe to its answer. * is silence: the router does not tell,
tells no more than so many a second, or the way ends. What a router says beside
\"time exceeded\" has its mark (!H, !N, !X ...) and is said in words.

Exit codes: 0 the host answered, 1 it did not, 2 anything else";

/// The flags of `traceroute`.
#[derive(Debug, Clone, Args)]
#[expect(missing_docs, reason = "the members of a group are its flags")]
pub struct TracerouteArgs {
    /// The host: a name or an address
    #[arg(default_value = "www.example.test", value_name = "HOST")]
    pub host: String,
    /// Probe with echo requests (default: UDP to port 33434)
    #[arg(long, conflicts_with_all = ["tcp", "port"])]
    pub icmp: bool,
    /// Probe with SYNs to this port
    #[arg(long, value_name = "PORT", conflicts_with = "port")]
    pub tcp: Option<u16>,
    /// Probe with datagrams to this port
    #[arg(short, long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Each datagram to the port after that of the one before, so that balancers may send them different ways
    #[arg(long, conflicts_with_all = ["icmp", "tcp"])]
    pub classic: bool,
    /// Probes for each hop
    #[arg(short, long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub queries: u8,
    /// The first hop to ask
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    pub first: u8,
    /// The last hop to ask
    #[arg(short, long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u8).range(1..))]
    pub max: u8,
    /// How long to wait for an answer
    #[arg(short, long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub wait: Duration,
    /// How many probes may be under way
    #[arg(short = 'N', long, value_name = "N", default_value_t = 16)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub in_flight: u16,
    /// Find the largest packet that passes, one probe at a time; SYNs have no data to make them large
    #[arg(long, conflicts_with = "tcp")]
    pub mtu: bool,
    /// The length of a probe, as an IP packet (default: 60 over IPv4, 80 over IPv6)
    #[arg(short, long, value_name = "BYTES", conflicts_with_all = ["mtu", "tcp"])]
    #[arg(value_parser = clap::value_parser!(u16).range(32..))]
    pub size: Option<u16>,
    #[command(flatten)]
    pub wire: ProbeArgs,
}
