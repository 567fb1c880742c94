//! The flags of `keys`.

use std::path::PathBuf;

use clap::Args;

use super::NetworkArgs;
use super::values::parse_stream;
use crate::story::Transport;

/// The flags of `keys`.
#[derive(Debug, Clone, Args)]
pub struct KeysArgs {
    /// A URL to fetch, or a capture to read (pcapng or pcap, also gzipped; "-" is standard input); over the toy
    /// internet its first page, unless given
    #[arg(value_name = "URL|CAPTURE")]
    pub target: Option<String>,
    /// Print hashes, secrets and keys whole
    #[arg(long, conflicts_with_all = ["json", "openssl"])]
    pub full: bool,
    /// Print a command for openssl for each arrow, with the value that it makes; the whole is a script for sh
    #[arg(long, conflicts_with = "json")]
    pub openssl: bool,
    /// One JSON object per connection
    #[arg(long)]
    pub json: bool,
    /// Of a capture: the connections with these numbers only, by tshark's number
    #[arg(long, value_name = "N", value_parser = parse_stream)]
    pub stream: Vec<(Transport, usize)>,
    /// Of a capture: take secrets from FILE, beside those in the capture (default: the file that SSLKEYLOGFILE names)
    #[arg(long, value_name = "FILE")]
    pub keylog: Option<PathBuf>,
    /// Compare with the key log that the peer wrote, and name the first input that differs
    #[arg(long, value_name = "FILE")]
    pub peer: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its members are the flags")]
    pub network: NetworkArgs,
}
