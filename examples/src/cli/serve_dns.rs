//! The flags of `serve-dns`.

#[cfg(not(target_family = "wasm"))]
mod recursion;

use std::net::SocketAddr;
use std::path::PathBuf;

use barewire_dns::Name;
use clap::Args;

#[cfg(not(target_family = "wasm"))]
pub use recursion::RecursionArgs;

/// The flags of `serve-dns`.
#[derive(Debug, Clone, Args)]
pub struct ServeDnsArgs {
    /// Zone files (master files, RFC 1035 §5.1), each with a zone of its own; with NAME=FILE the names of the file are
    /// relative to NAME, as if it began with $ORIGIN NAME
    #[cfg_attr(not(target_family = "wasm"), arg(required_unless_present = "recursive"))]
    #[cfg_attr(target_family = "wasm", arg(required = true))]
    #[arg(value_name = "[NAME=]ZONEFILE", value_parser = parse_zone)]
    pub zones: Vec<ZoneArg>,
    /// Listen at this address, over UDP and TCP; may be given several times
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:5300")]
    pub listen: Vec<SocketAddr>,
    /// Let anybody have a whole zone (AXFR)
    #[arg(long)]
    pub axfr: bool,
    /// Print a line for each query
    #[arg(short, long)]
    pub verbose: bool,
    #[cfg(not(target_family = "wasm"))]
    #[command(flatten)]
    #[expect(missing_docs, reason = "the members of a group are its flags")]
    pub recursion: RecursionArgs,
}

/// A zone file, and what its names are relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneArg {
    /// `None`: the file says so itself.
    pub name: Option<Name>,
    /// The file.
    pub file: PathBuf,
}

fn parse_zone(text: &str) -> Result<ZoneArg, String> {
    let Some((name, file)) = text.split_once('=') else {
        return Ok(ZoneArg { name: None, file: text.into() });
    };
    let name = Name::parse_text(name).map_err(|refused| format!("in the name before `=`: {refused}"))?;
    Ok(ZoneArg { name: Some(name), file: file.into() })
}
