//! A router that translates addresses: a rule of nftables, which the program `nft` hands to the kernel.
//!
//! The rule belongs to the router's network namespace, and is gone with it.

use std::fs::File;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::programs::find;
use super::system::start_in;

/// What leaves by `device` gets that device's IPv4 address.
///
/// # Errors
/// `nft` is not installed, or the kernel refuses.
pub(super) fn masquerade(namespace: &File, device: &str) -> io::Result<()> {
    let program = find("nft").ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, "a router with NAT needs nft; it is in the package nftables")
    })?;
    let chain = "type nat hook postrouting priority 100;";
    let rules = format!("table ip nat {{ chain leaving {{ {chain} oifname \"{device}\" masquerade; }}; }}\n");
    let mut command = Command::new(program);
    start_in(&mut command, Some(Arc::new(namespace.try_clone()?)));
    command.args(["-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(rules.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(io::Error::other(format!("nft: {}", said.trim()))) }
}
