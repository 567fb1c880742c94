//! The flags of `ping`: those of iputils.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::probing::ProbeArgs;
use super::values::parse_seconds;

pub(super) const PING_EXAMPLES: &str = "\
Examples:
  barewire ping                                     the toy internet's server
  barewire ping 10.0.0.53 -c 2                      its resolver
  barewire ping www.example.test --scene traceroute -t 2    the second router
  barewire ping www.example.test --tcp 443          a SYN, not an echo request
  barewire ping ::1 --net raw -c 3                  real packets
  barewire ping 10.77.0.2 --net raw -s 2000 -M do   too large to pass whole?
  barewire lab run -- barewire ping server --net raw -c 3    without root

Exit codes: 0 there was an answer, 1 there was none (with -w and -c: fewer than
  COUNT), 2 anything else";

/// Whether packets may be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fragmenting {
    /// Never: "don't fragment" is set, and what is too large is not sent
    Do,
    /// Not on the way; what is too large for the first wire is sent in pieces
    Want,
    /// Anywhere: "don't fragment" is not set
    Dont,
}

/// The flags of `ping`.
#[derive(Debug, Clone, Args)]
#[expect(missing_docs, reason = "the members of a group are its flags")]
pub struct PingArgs {
    /// The host: a name or an address
    #[arg(default_value = "www.example.test", value_name = "HOST")]
    pub host: String,
    /// Send N probes (default: 4 in the toy internet; until Ctrl+C over real wires)
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// From one probe to the next; 0: when a reply comes, or else after 10 ms
    #[arg(short, long, value_name = "SECONDS", default_value = "1", value_parser = parse_seconds)]
    pub interval: Duration,
    /// Bytes of data in a probe
    #[arg(short, long, value_name = "BYTES", default_value_t = 56)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=65_000))]
    pub size: u16,
    /// How long to wait for an answer after the last probe, if none came at all; a later one is marked
    #[arg(short = 'W', long = "timeout", value_name = "SECONDS", default_value = "10")]
    #[arg(value_parser = parse_seconds)]
    pub patience: Duration,
    /// Stop after this long, whatever has come. With -c, ping goes on until then or until N answers have come
    #[arg(short = 'w', long = "deadline", value_name = "SECONDS", value_parser = parse_seconds)]
    pub deadline: Option<Duration>,
    /// Time to live, or hop limit
    #[arg(short = 't', long, value_name = "N", default_value_t = 64)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..))]
    pub ttl: u8,
    /// Whether a probe may be cut into fragments
    #[arg(short = 'M', value_enum, value_name = "HOW", default_value = "want")]
    pub fragmenting: Fragmenting,
    /// The same as -M do
    #[arg(long, conflicts_with = "fragmenting")]
    pub dont_fragment: bool,
    /// Ask with a SYN to this port
    #[arg(long, value_name = "PORT", conflicts_with = "udp")]
    pub tcp: Option<u16>,
    /// Ask with a datagram to this port
    #[arg(long, value_name = "PORT")]
    pub udp: Option<u16>,
    /// Print the first and the last lines only
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub wire: ProbeArgs,
}
