//! The flags of `serve-dns --recursive`: a resolver at a port.

use std::path::PathBuf;

use barewire_dns::Name;
use clap::Args;

use crate::cli::values::{parse_size, parse_zone};

/// A resolver in the place of zones.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "A resolver")]
pub struct RecursionArgs {
    /// Serve no zones, but be a resolver: find each answer from the root down, and remember it. For clients on this
    /// machine and in the lab
    #[arg(long, conflicts_with_all = ["zones", "axfr"])]
    pub recursive: bool,
    /// The root's servers, as a master file with their NS, A and AAAA records (default: the 13 of the real root)
    #[arg(long, value_name = "FILE", requires = "recursive", conflicts_with = "zones")]
    pub hints: Option<PathBuf>,
    /// Check signatures, from the DS or DNSKEY records in this file down
    #[arg(long, value_name = "FILE", requires = "recursive", conflicts_with = "zones")]
    pub anchor: Option<PathBuf>,
    /// Check nothing from this name down: a negative trust anchor (RFC 7646). May be given several times
    #[arg(long, value_name = "NAME", requires = "anchor", value_parser = parse_zone)]
    pub nta: Vec<Name>,
    /// Ask for each name, also where signed records say already that it does not exist (RFC 8198)
    #[arg(long, requires = "anchor")]
    pub no_aggressive_nsec: bool,
    /// The port of the servers that are asked
    #[arg(long, value_name = "N", requires = "recursive", conflicts_with = "zones", default_value_t = 53)]
    pub server_port: u16,
    /// How much memory the cache may take, with k, m or g for KiB, MiB or GiB (default: 8m). 0 keeps nothing
    #[arg(long, value_name = "SIZE", requires = "recursive", conflicts_with = "zones", value_parser = parse_size)]
    pub cache_size: Option<usize>,
    /// Keep records for so many seconds, also if their TTL is lower (default: 0). More than an hour does
    /// harm: zones change
    #[arg(long, value_name = "SECONDS", requires = "recursive", conflicts_with = "zones")]
    pub cache_min_ttl: Option<u32>,
    /// Keep records for so many seconds, also if their TTL is higher (default: 86400)
    #[arg(long, value_name = "SECONDS", requires = "recursive", conflicts_with = "zones")]
    pub cache_max_ttl: Option<u32>,
    /// Keep that something does not exist for so many seconds at most (default: 10800)
    #[arg(long, value_name = "SECONDS", requires = "recursive", conflicts_with = "zones")]
    pub cache_max_negative_ttl: Option<u32>,
    /// Answer clients at private addresses too: this network is yours
    #[arg(long, requires = "recursive", conflicts_with = "zones")]
    pub i_own_this_network: bool,
}
