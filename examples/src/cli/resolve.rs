//! The flags of `resolve`. Where dig has a word for it (`+short`), the flag has the same.

mod values;
mod walk;

use std::net::IpAddr;
use std::time::Duration;

use barewire_dns::{ClientSubnet, RecordType};
use clap::Args;

use super::Net;
use super::values::parse_seconds;
use values::{parse_cookie, parse_subnet, parse_type};

pub use values::Cookie;
pub use walk::WalkArgs;

/// The flags of `resolve`.
#[derive(Debug, Clone, Args)]
#[expect(missing_docs, reason = "the members of a group are its flags")]
pub struct ResolveArgs {
    /// Names, types of record (default: A) and servers (@ADDR, @ADDR:PORT, @NAME; default: the system's), in any order:
    /// every name is asked for with every type. Over the toy internet www.example.test, unless a name is given
    #[arg(value_name = "NAME|TYPE|@SERVER")]
    pub words: Vec<String>,
    /// Ask for the name of an address (PTR); may be given several times
    #[arg(short = 'x', long = "reverse", value_name = "ADDR")]
    pub reverse: Vec<IpAddr>,
    /// Ask for NAME, also if a type is called so
    #[arg(short = 'q', long = "name", value_name = "NAME")]
    pub names: Vec<String>,
    /// Ask for this type, also by its number: TYPE65280
    #[arg(short = 't', long = "type", value_name = "TYPE", value_parser = parse_type)]
    pub types: Vec<RecordType>,

    /// Print the data of the answers, and nothing else
    #[arg(long, conflicts_with_all = ["json", "bytes", "time", "verbose"])]
    pub short: bool,
    /// One JSON object for each question, with the member names of RFC 8427
    #[arg(long, conflicts_with_all = ["bytes", "time", "verbose"])]
    pub json: bool,
    /// Print the annotated bytes of every message
    #[arg(long)]
    pub bytes: bool,
    /// Say how long each answer took, who gave it, over which protocol, and how large it is
    #[arg(long)]
    pub time: bool,
    /// Print the records of all sections, the flags, and what --time says
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub question: QuestionArgs,
    #[command(flatten)]
    pub servers: ServerArgs,
    #[command(flatten)]
    pub walk: WalkArgs,
}

/// How the question is put.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The question")]
pub struct QuestionArgs {
    /// Ask over TCP from the start
    #[arg(long)]
    pub tcp: bool,
    /// Ask for signatures too (DO); they are shown, and not checked
    #[arg(long)]
    pub dnssec: bool,
    /// Send a cookie (RFC 7873): a random one, and the server's too if it wants that back; or just these 8 bytes of the
    /// client, and then none or 8 to 32 of the server
    #[arg(long, value_name = "HEX", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    #[arg(value_parser = parse_cookie)]
    pub cookie: Option<Cookie>,
    /// Ask what clients at these addresses would be told (RFC 7871): 192.0.2.0/24
    #[arg(long, value_name = "PREFIX", value_parser = parse_subnet)]
    pub subnet: Option<ClientSubnet>,
    /// Ask the server which one it is (RFC 5001)
    #[arg(long)]
    pub nsid: bool,
    /// Ask only for what the server knows itself (RD 0): an authority answers, or names the servers of a zone
    #[arg(long)]
    pub no_recurse: bool,
    /// Ask the server not to check signatures (CD)
    #[arg(long)]
    pub cd: bool,
    /// Ask whether the server checked signatures (AD)
    #[arg(long)]
    pub ad: bool,
    /// Say that we take UDP answers of N bytes; 0: send no EDNS (default: 1232)
    #[arg(long, value_name = "N")]
    pub bufsize: Option<u16>,
    /// Random upper and lower case in the name, which the server repeats (0x20): more for a forger to guess
    #[arg(long)]
    pub case: bool,
    /// Complete the name by the system's search list
    #[arg(long, overrides_with = "no_search")]
    pub search: bool,
    /// Take the name as it is; so it is unless --search is given
    #[arg(long)]
    pub no_search: bool,
}

/// Whom it is put to, and for how long.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The servers")]
pub struct ServerArgs {
    /// The network to ask over (default: toy; os, if an @SERVER is not in the toy internet). DNS goes over the
    /// kernel's UDP and TCP with raw, too
    #[arg(long, value_enum)]
    pub net: Option<Net>,
    /// The port of servers that are given without one (default: 53)
    #[arg(short, long, value_name = "N")]
    pub port: Option<u16>,
    /// Ask servers with IPv4 addresses only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub ipv4: bool,
    /// Ask servers with IPv6 addresses only
    #[arg(short = '6', long)]
    pub ipv6: bool,
    /// Give up on a question after this long, with all its servers (default: 5)
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub timeout: Option<Duration>,
    /// Ask a silent server so often; each wait is twice as long as the one before
    #[arg(long, visible_alias = "attempts", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10))]
    pub tries: Option<u32>,
    /// Seed of all random numbers: IDs, ports, cookies
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}
