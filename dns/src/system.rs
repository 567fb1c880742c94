//! What this system says about names: `/etc/resolv.conf` (which servers to ask) and `/etc/hosts` (which names not to
//! ask about).
//!
//! Both are functions of text, and [`load`] only reads the files. One thing is asked of the system: the number of an
//! interface that an address names, `fe80::1%eth0`. Left out: nsswitch.conf, mDNS, and the places where
//! Windows and macOS keep such settings. There [`load`] fails with the error of the missing file.
//! Tested in `tests/system.rs`.

mod hosts;
mod resolv_conf;

use std::io;
use std::path::Path;

pub use self::hosts::Hosts;
pub use self::resolv_conf::{DNS_PORT, ResolvConf};

/// Reads `/etc/resolv.conf` and `/etc/hosts`.
///
/// # Errors
/// A file cannot be read; the message names it.
pub fn load() -> io::Result<(ResolvConf, Hosts)> {
    let conf = read(Path::new("/etc/resolv.conf"))?;
    let hosts = read(Path::new("/etc/hosts"))?;
    Ok((ResolvConf::parse(&conf), Hosts::parse(&hosts)))
}

fn read(path: &Path) -> io::Result<String> {
    let bytes = std::fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    // Comments may be in any encoding; names and addresses are ASCII.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
