//! The flags of `listen`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use super::probing::ProbeNet;

pub(super) const LISTEN_EXAMPLES: &str = "\
Examples:
  barewire listen                                   a client of the toy internet
  barewire listen 7 --file README.md                packet by packet
  sudo barewire listen 7000 --net raw               echo, on our address
  sudo barewire listen 7000 --net raw --bind 127.0.0.1 --once
  nc 127.0.0.1 7000                                 from another terminal
  barewire listen 8080 --net raw --bind ::1 --http; curl http://[::1]:8080/
  barewire lab run -- barewire listen 7000 --net raw --bind 10.77.0.1

The kernel is kept away from the port by a guard, and answers nothing there: the
whole of TCP is ours, from the SYN-ACK to the last ACK.

Exit codes: 0 ended by Ctrl+C or --once, 2 anything else";

/// The flags of `listen`.
#[derive(Debug, Clone, Args)]
pub struct ListenArgs {
    /// The port
    #[arg(default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// Send back what comes (the default)
    #[arg(long, conflicts_with_all = ["discard", "file", "http"])]
    pub echo: bool,
    /// Throw away what comes
    #[arg(long, conflicts_with_all = ["file", "http"])]
    pub discard: bool,
    /// Send FILE to each client, and close
    #[arg(long, value_name = "FILE", conflicts_with = "http")]
    pub file: Option<PathBuf>,
    /// Serve the toy internet's pages, by our HTTP
    #[arg(long)]
    pub http: bool,
    /// Over which network
    #[arg(long, value_enum, default_value = "toy")]
    pub net: ProbeNet,
    /// With --net raw: listen at this address of this machine
    /// (default: the one that packets to other networks leave from)
    #[arg(long, value_name = "ADDR")]
    pub bind: Option<IpAddr>,
    /// End after the first connection
    #[arg(long)]
    pub once: bool,
    /// How many connections may be half open; beyond that SYNs get cookies
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u16).range(1..))]
    pub backlog: u16,
    /// Send no cookies: a SYN beyond the backlog is dropped
    #[arg(long)]
    pub no_cookies: bool,
    /// Seed of all randomness
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Show every packet, also of long transfers
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Show connections, and no packets
    #[arg(short, long)]
    pub quiet: bool,
}
