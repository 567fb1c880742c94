//! The flags of `send`.

pub(super) mod examples;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Net;
use super::values::{parse_named_file, parse_seconds};

/// The flags of `send`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct SendArgs {
    /// The packet, field by field: ip(dst=10.0.0.2)/tcp(dport=80, flags=S)
    #[arg(value_name = "PACKET", required_unless_present_any = ["from_hex", "fields"])]
    pub packet: Option<String>,
    /// Send the bytes in FILE, in hexadecimal digits or as a hex dump: an IP packet, or a frame; "-" is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["packet", "fields"])]
    pub from_hex: Option<PathBuf>,
    /// List the headers of the language; of a header, its fields
    #[arg(long, value_name = "HEADER", num_args = 0..=1, default_missing_value = "")]
    pub fields: Option<String>,

    /// Print the bytes in hexadecimal digits, and send nothing
    #[arg(long, conflicts_with_all = ["rust", "json"])]
    pub hex: bool,
    /// Print the Rust code that makes the packet, and send nothing
    #[arg(long, conflicts_with = "json")]
    pub rust: bool,
    /// Print what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// One JSON object for each packet: what was asked, what is sent, the answer
    #[arg(long)]
    pub json: bool,
    /// Write what was sent and what came back to FILE
    #[arg(short = 'w', long = "pcapng", value_name = "FILE", value_parser = parse_named_file)]
    pub pcapng: Option<PathBuf>,

    /// Over which network: the toy internet, or the wires of this machine (raw: needs CAP_NET_RAW)
    #[arg(long, value_enum, default_value_t = Net::Toy)]
    pub net: Net,
    /// How long to wait for an answer
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "2")]
    pub timeout: Duration,
    /// Send it so often
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub count: u32,
    /// From one packet to the next
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "1")]
    pub interval: Duration,
    /// Wait for no answer
    #[arg(long)]
    pub no_wait: bool,
    /// With --net raw: send and hear at this network device (default: by the routing table)
    #[arg(long, value_name = "NAME")]
    pub iface: Option<String>,
    /// With --net raw: keep the kernel from answering for the source port of a TCP segment, as is done anyway where the
    /// source is an address of this machine
    #[arg(long, overrides_with = "no_guard")]
    pub guard: bool,
    /// With --net raw: let the kernel answer too: it resets what it does not know
    #[arg(long)]
    pub no_guard: bool,
    /// With --net raw: send to private addresses (RFC 1918, RFC 4193, link-local) too. Only where you may!
    #[arg(long)]
    pub i_own_this_network: bool,
}
