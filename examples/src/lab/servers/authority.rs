//! An authoritative DNS server for one zone: named, nsd, or our own where neither is installed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::{RecursionArgs, ServeDnsArgs, ZoneArg};
use crate::commands::start_dns;
use crate::lab::hosts::Host;
use crate::lab::programs::{at, find, folder, launch};

/// A zone that a host serves.
#[derive(Debug, Clone, Copy)]
pub(super) struct ZoneOf {
    /// The zone's name, with the dot at its end.
    pub(super) name: &'static str,
    /// The zone, as a master file.
    pub(super) text: &'static str,
}

/// Starts one, and says what runs. The root and top-level domains prefer nsd, all others named, so that a lab has both.
pub(super) fn start(host: &Host, zone: ZoneOf) -> io::Result<Option<String>> {
    let home = folder(host, "dns")?;
    let file = home.join("zone");
    fs::write(&file, zone.text)?;
    let is_high = zone.name.matches('.').count() == 1;
    let order = if is_high { ["nsd", "named"] } else { ["named", "nsd"] };
    let found = order.into_iter().find_map(|name| Some((name, find(name)?)));
    let (name, started) = match &found {
        Some(("nsd", program)) => ("nsd", nsd(host, program, &home, zone)),
        Some((_, program)) => ("named", named(host, program, &home, zone)),
        None => ("our own server", ours(host, file.clone())),
    };
    let told = match started {
        Ok(()) => format!("{name} on 53, for {}", zone.name),
        Err(error) if found.is_some() => {
            ours(host, file)?;
            format!("our own server on 53, for {} ({name} did not start: {error})", zone.name)
        }
        Err(error) => return Err(error),
    };
    Ok(Some(told))
}

fn nsd(host: &Host, program: &Path, home: &Path, zone: ZoneOf) -> io::Result<()> {
    let here = home.display();
    let text = format!(
        "server:\n ip-address: {}\n ip-address: {}\n pidfile: \"{here}/pid\"\n logfile: \"{here}/log\"\n \
         database: \"\"\n \
         zonelistfile: \"{here}/zone.list\"\n xfrdfile: \"{here}/xfrd\"\n xfrdir: \"{here}\"\n zonesdir: \"{here}\"\n \
         username: \"\"\n server-count: 1\nremote-control:\n control-enable: no\n\
         zone:\n name: \"{}\"\n zonefile: \"{here}/zone\"\n provide-xfr: 0.0.0.0/0 NOKEY\n provide-xfr: ::/0 NOKEY\n",
        host.v4(),
        host.v6(),
        zone.name
    );
    run(host, program, home, &text)
}

fn named(host: &Host, program: &Path, home: &Path, zone: ZoneOf) -> io::Result<()> {
    let here = home.display();
    let text = format!(
        "options {{ directory \"{here}\"; pid-file \"{here}/pid\"; session-keyfile \"{here}/key\"; recursion no;\n\
         listen-on {{ {}; }}; listen-on-v6 {{ {}; }}; dnssec-validation no; notify no; allow-transfer {{ any; }}; }};\n\
         controls {{ }};\n\
         logging {{ channel file {{ file \"{here}/log\"; }}; category default {{ file; }}; }};\n\
         zone \"{}\" {{ type primary; file \"{here}/zone\"; }};\n",
        host.v4(),
        host.v6(),
        zone.name
    );
    run(host, program, home, &text)
}

/// Both go on in the background, and their first process ends when they are ready.
fn run(host: &Host, program: &Path, home: &Path, text: &str) -> io::Result<()> {
    let (config, log) = (home.join("conf"), home.join("start.log"));
    fs::write(&config, text)?;
    launch(at(host, program, &log)?.arg("-c").arg(&config), &log)
}

fn ours(host: &Host, file: PathBuf) -> io::Result<()> {
    let zones = vec![ZoneArg { name: None, file }];
    let listen = host.addresses().iter().map(|address| (*address, 53).into()).collect();
    let args =
        ServeDnsArgs { zones, listen, axfr: true, verbose: false, recursion: RecursionArgs::default() };
    host.try_inside(|| start_dns(&args).map_err(|failure| io::Error::other(failure.to_string())))
}
