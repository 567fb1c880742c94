//! `barewire scan`: which TCP ports of a host are open, closed or filtered?
//!
//! The core is [`probe::scan`](crate::probe::scan). Every address is put to [`Permit`](crate::permit::Permit) first: an
//! address that was given before anything is opened, that of a name as soon as it is known.
//! Tested in `tests/probing.rs`.

mod json;
mod text;

use std::collections::HashSet;
use std::time::Duration;

use super::output::{print, style};
use super::probing::{Place, address_in, device, drive, drops, open, say_json, usage, write_capture};
use super::progress::Progress;
use crate::cli::{ProbeNet, ScanArgs};
use crate::failure::Failure;
use crate::lab;
use crate::permit::{Act, Permit};
use crate::probe::scan::{Config, Finding, Scan, Target};
use crate::views::count;

/// Ports that servers often have, where none are named: from FTP to a web server of one's own.
const USUAL: [u16; 27] = [
    21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 587, 853, 993, 995, 1433, 3306, 3389,
    5432, 5433, 5434, 5435, 6379, 8080,
];

/// The hosts of the scene `firewall`.
const IN_THE_TOY: [&str; 2] = ["198.51.100.80", "198.51.100.81"];

/// How many ports there may be in all.
const MOST: usize = 1 << 20;

/// Runs the command.
///
/// # Errors
/// [`Failure`]: a host that may not be scanned or has no address, or a network that cannot be used.
pub fn run(args: &ScanArgs) -> Result<u8, Failure> {
    if args.wire.net == ProbeNet::Raw {
        let permit = Permit::around(lab::attach()?.as_ref(), args.i_own_this_network);
        let device = device(&args.wire, &args.hosts)?;
        let addresses = args.hosts.iter().filter_map(|host| address_in(host));
        permit.ask_all(Act::Scan, addresses, device.as_deref(), false)?;
    }
    let guarded = usize::from(!args.no_guard);
    let mut place = open(&args.wire, &args.hosts, "firewall", guarded, args.i_own_this_network)?;
    let (config, hosts) = config(args, &mut place)?;
    let json = args.wire.json;
    if !json {
        print(&text::head(&hosts, &config, &place))?;
    }
    let mut scan = Scan::new(place.now(), config.clone(), &mut place.rng);
    if let Some(port) = place.guarded.first() {
        scan = scan.from_port(*port);
    }
    let all = config.targets.len() * config.ports.len();
    let (mut found, mut progress): (Vec<Finding>, _) = (Vec::new(), Progress::new());
    let goes_on = drive(&mut place, &mut scan, |_, finding| {
        found.push(finding);
        progress.show(|| format!("{} of {} ports are known", count(found.len() as u64), count(all as u64)));
        if json { say_json(&json::finding(&finding)) } else { Ok(()) }
    })?;
    drop(progress);
    write_capture(&place)?;
    if goes_on {
        let end = match json {
            true => format!("{}\n", json::summary(scan.summary(), all, place.link.drops())),
            false => {
                let rows = text::rows(&hosts, &mut found, style().width);
                rows + &text::summary(scan.summary(), all, &config) + &drops(place.link.as_ref())
            }
        };
        print(&end)?;
    }
    Ok(u8::from(scan.summary().open == 0))
}

/// What to ask, and the hosts with the names that they were given by.
fn config(args: &ScanArgs, place: &mut Place) -> Result<(Config, Vec<(String, Target)>), Failure> {
    let mut names = args.hosts.clone();
    if names.is_empty() && place.is_toy() && args.wire.scene.is_none() {
        names = IN_THE_TOY.map(str::to_owned).to_vec();
    }
    if names.is_empty() {
        return Err(usage("name a host to scan: a name or an address"));
    }
    let mut hosts = Vec::new();
    for name in names {
        let (source, destination) = place.target(&name)?;
        place.permit.ask_all(Act::Scan, [destination], place.device.as_deref(), false)?;
        hosts.push((name, Target { source, destination }));
    }
    let mut seen = HashSet::new();
    hosts.retain(|(_, target)| seen.insert(target.destination));
    let ports = args.ports.as_ref().map_or_else(|| USUAL.to_vec(), |ports| ports.0.clone());
    if hosts.len() * ports.len() > MOST {
        let all = count((hosts.len() * ports.len()) as u64);
        return Err(usage(format!("{all} ports are more than the {} of one scan", count(MOST as u64))));
    }
    let config = Config {
        targets: hosts.iter().map(|(_, target)| *target).collect(),
        ports,
        interval: Duration::from_secs(1) / args.rate,
        wait: args.wait,
        retries: args.retries,
        resets: !args.no_guard,
        in_order: args.in_order,
    };
    Ok((config, hosts))
}
