//! The flags of `resolve --from-root`: the walk down from the root by our own resolver.

use std::path::PathBuf;

use barewire_dns::Name;
use clap::Args;

use crate::cli::values::parse_zone;

/// The walk from the root.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The walk from the root")]
pub struct WalkArgs {
    /// Ask no resolver: begin at a server of the root, and ask one server after the other on the way down. Over the toy
    /// internet, or with --net os over a real network
    #[arg(long, conflicts_with_all = ["tcp", "cookie", "subnet", "nsid", "no_recurse", "ad", "search", "tries"])]
    pub from_root: bool,
    /// The root's servers, as a master file with their NS, A and AAAA records (default: those of the network)
    #[arg(long, value_name = "FILE", requires = "from_root")]
    pub hints: Option<PathBuf>,
    /// Check signatures, from the DS or DNSKEY records in this file down
    #[arg(long, value_name = "FILE", requires = "from_root", group = "trust")]
    pub anchor: Option<PathBuf>,
    /// Walk in a toy internet whose root, test and example.test are signed. Signatures are checked from its root's key
    /// down
    #[arg(long, requires = "from_root", conflicts_with = "hints", group = "trust")]
    pub signed: bool,
    /// Check nothing from this name down: a negative trust anchor (RFC 7646). May be given several times
    #[arg(long, value_name = "NAME", requires = "trust", value_parser = parse_zone)]
    pub nta: Vec<Name>,
    /// Ask for each name, also where signed records say already that it does not exist (RFC 8198)
    #[arg(long, requires = "trust")]
    pub no_aggressive_nsec: bool,
    /// Draw every decision of the resolver as a tree, with a bar for the time that it took
    #[arg(long, requires = "from_root", conflicts_with = "short")]
    pub trace: bool,
    /// Explain a failure: print the servers that were given up, or the broken link of the chain with its records
    #[arg(long, requires = "from_root", conflicts_with = "short")]
    pub why: bool,
    /// List what the resolver knows at the end: what, for how long, from whom, and how much it is worth
    #[arg(long, requires = "from_root", conflicts_with = "short")]
    pub cache: bool,
    /// Write the packets to this file
    #[arg(long, value_name = "FILE", requires = "from_root")]
    pub pcapng: Option<PathBuf>,
}
