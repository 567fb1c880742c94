//! The real servers and tools that labs and lessons use where they are installed.

use std::env;
use std::path::{Path, PathBuf};

use super::probe::Probe;

/// Program, what it is used for, and the package of Debian that has it.
const PROGRAMS: [(&str, &str, &str); 6] = [
    ("nginx", "a lab's web server (else it is our own)", "nginx-light"),
    ("openssl", "s_server and certificates in a lab", "openssl"),
    ("unbound", "the resolver of the lab `dns`", "unbound"),
    ("tcpdump", "a second opinion beside sniff", "tcpdump"),
    ("tshark", "a second opinion on every capture", "tshark"),
    ("nft", "rules of your own in a lab", "nftables"),
];

/// Where Debian has servers, which is not on the path of an ordinary user.
const MORE: [&str; 2] = ["/usr/sbin", "/sbin"];

pub(super) fn probe() -> Vec<Probe> {
    let of = |(name, opens, package): (&str, &str, &str)| {
        let probe = Probe::new(name, opens, "the folders of PATH, /usr/sbin and /sbin");
        match find(name) {
            Some(path) => probe.open(path.display().to_string()),
            None => probe.closed("not installed", format!("sudo apt install {package}")),
        }
    };
    PROGRAMS.into_iter().map(of).collect()
}

/// Where the program of this name lies.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let more = MORE.iter().map(|folder| Path::new(folder).to_owned());
    env::split_paths(&path).chain(more).map(|folder| folder.join(name)).find(|file| file.is_file())
}
