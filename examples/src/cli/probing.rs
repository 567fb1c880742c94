//! The flags that ping, traceroute and scan share: over which network, from where, and what to write.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::parse_named_file;

/// Over which network packets are sent by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProbeNet {
    /// The simulated internet in this process: no privilege, no network, virtual time
    Toy,
    /// This machine's network, over raw sockets: needs CAP_NET_RAW (Linux)
    Raw,
}

/// Where probes go.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The network")]
pub struct ProbeArgs {
    /// Over which network
    #[arg(long, value_enum, default_value = "toy")]
    pub net: ProbeNet,
    /// With --net toy: in this scene; `barewire scenes` lists them
    #[arg(long, value_name = "NAME")]
    pub scene: Option<String>,
    /// Use IPv4 only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub ipv4: bool,
    /// Use IPv6 only
    #[arg(short = '6', long)]
    pub ipv6: bool,
    /// With --net raw: send through this device, and hear no other; fe80::1%eth0 names one as well
    #[arg(short = 'I', long, value_name = "NAME")]
    pub device: Option<String>,
    /// Seed of all randomness
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print addresses only; so it is anyway, nobody is asked for names
    #[arg(short = 'n', long)]
    pub numeric: bool,
    /// One JSON object per line: what happened, and at the end the counts
    #[arg(long)]
    pub json: bool,
    /// Write the packets that were sent and heard to FILE
    #[arg(long, value_name = "FILE", value_parser = parse_named_file)]
    pub pcapng: Option<PathBuf>,
}
