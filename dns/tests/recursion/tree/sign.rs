//! The files of a tree: each zone signed by ldns, the trust anchor, the hints, and who serves what.

use std::path::Path;
use std::process::Command;

use super::text::text;
use super::{Flaw, Signing, Zone};

const VALID: [&str; 4] = ["-i", "20260101000000", "-e", "20930101000000"];
const PAST: [&str; 4] = ["-i", "20200101000000", "-e", "20200201000000"];

/// Writes all files of the tree into a folder.
pub(crate) fn sign(folder: &Path, zones: &[Zone]) {
    let mut ds: Vec<Vec<String>> = vec![Vec::new(); zones.len()];
    let mut anchor = String::new();
    // From the leaves up, because a zone's DS record stands in the zone above it.
    for (place, zone) in zones.iter().enumerate().rev() {
        let plain = text(place, zones, &ds[place]);
        let record = one(folder, zone, &plain);
        match place {
            0 => anchor = record,
            _ => ds[zone.parent].push(record),
        }
    }
    let hints = ". 3600000 NS ns1.\nns1. 3600000 A 10.53.0.1\n";
    let servers: String = (1..10).map(|number| line(number, zones)).collect();
    for (name, text) in [("root.ds", &*anchor), ("root.hints", hints), ("servers", &servers)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// What a server serves.
fn line(number: u8, zones: &[Zone]) -> String {
    let zones: Vec<&str> = zones.iter().filter(|zone| zone.is_at(number)).map(Zone::file).collect();
    format!("{number} {}\n", zones.join(" "))
}

/// Writes a zone, signed as it should be. Gives the DS record for the zone above, or nothing.
fn one(folder: &Path, zone: &Zone, plain: &str) -> String {
    let file = format!("{}.zone", zone.file());
    std::fs::write(folder.join(&file), plain).unwrap();
    if zone.flaw == Flaw::UnknownDs {
        return format!("{} DS 12345 200 2 {}\n", zone.name, "ab".repeat(32));
    }
    if !zone.is_signed() && zone.flaw != Flaw::Stripped {
        return String::new();
    }
    let key = keygen(folder, zone);
    if zone.is_signed() {
        let mut flags = if zone.flaw == Flaw::Expired { PAST } else { VALID }.map(str::to_owned).to_vec();
        flags.extend(nsec3(zone.signing));
        let signed = format!("{file}.signed");
        run(
            folder,
            "ldns-signzone",
            &[flags, ["-f", &signed, &file, &key].map(str::to_owned).to_vec()].concat(),
        );
        std::fs::rename(folder.join(&signed), folder.join(&file)).unwrap();
    }
    if zone.flaw == Flaw::Changed {
        change(&folder.join(&file), zone);
    }
    match zone.flaw {
        Flaw::NoDs => String::new(),
        Flaw::WrongDs => ds(folder, &keygen(folder, zone)),
        _ => ds(folder, &key),
    }
}

fn nsec3(signing: Signing) -> Vec<String> {
    let flags = match signing {
        Signing::Unsigned | Signing::Nsec => String::new(),
        Signing::Nsec3(iterations, true) => format!("-n -t {iterations} -s aabbccdd"),
        Signing::Nsec3(iterations, false) => format!("-n -t {iterations}"),
        Signing::OptOut => "-n -p -t 0".to_owned(),
    };
    flags.split_whitespace().map(str::to_owned).collect()
}

/// A new key, by the name of its files.
fn keygen(folder: &Path, zone: &Zone) -> String {
    let mut flags = vec!["-r", "/dev/urandom", "-k", "-a", zone.algorithm];
    if zone.algorithm.starts_with("RSA") {
        flags.extend(["-b", "1024"]);
    }
    flags.push(&zone.name);
    run(folder, "ldns-keygen", &flags.into_iter().map(str::to_owned).collect::<Vec<_>>()).trim().to_owned()
}

fn ds(folder: &Path, key: &str) -> String {
    std::fs::read_to_string(folder.join(format!("{key}.ds"))).unwrap()
}

/// Another address for www than the one that was signed.
fn change(file: &Path, zone: &Zone) {
    let text = std::fs::read_to_string(file).unwrap();
    let www = format!("www.{}\t60\tIN\tA\t", zone.name);
    assert!(text.contains(&www), "{www}");
    std::fs::write(file, text.replace(&format!("{www}192.0.2."), &format!("{www}198.51.100."))).unwrap();
}

/// Runs a program in the folder. Gives what it prints.
fn run(folder: &Path, program: &str, arguments: &[String]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
