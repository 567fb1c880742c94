//! Zones from files: `FILE`, or `NAME=FILE` where the file does not say the zone's name.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use barewire_dns::Name;
use barewire_dns::authority::{Authority, Config, Zone};
use barewire_dns::zone_file::ZoneFile;

use crate::cli::ZoneArg;
use crate::commands::input::read_file;
use crate::failure::{Failure, Step};

/// How many faults of a file are told.
const MOST_FAULTS: usize = 20;

/// A server with the zones of these files.
pub(super) fn load(files: &[ZoneArg], transfer: bool) -> Result<Authority, Failure> {
    let mut authority = Authority::new(Config::default());
    for ZoneArg { name, file } in files {
        let zone = zone(name.as_ref(), file)?.with_transfer(transfer);
        if let Some(before) = authority.add(zone) {
            let twice = format!("{}: the zone {} was in a file before", file.display(), before.apex());
            return Err(Failure::new(Step::Usage, twice));
        }
    }
    Ok(authority)
}

fn zone(name: Option<&Name>, file: &Path) -> Result<Zone, Failure> {
    let text = read_file(file)?;
    let mut include =
        |included: &str| std::fs::read(beside(file, Some(included))).map_err(|error| error.to_string());
    let root = Name::root();
    let read = ZoneFile::read(&text, name.unwrap_or(&root), &mut include);
    if let Some(other) = root.child(b"invalid").filter(|_| name.is_none())
        && ZoneFile::read(&text, &other, &mut include).records != read.records
    {
        // With another origin it says something else, so it does not name the zone itself.
        let how = "its names are relative, and nothing says to which name: write NAME=FILE, or begin the file \
                   with $ORIGIN";
        return Err(unfit(file, vec![format!("{}: {how}", file.display())]));
    }
    if !read.faults.is_empty() {
        let told = read
            .faults
            .iter()
            .map(|fault| at(&beside(file, fault.file.as_deref()), Some(fault.line), &fault.refused));
        return Err(unfit(file, told.collect()));
    }
    Zone::new(read.records, Some(sha1)).map_err(|faults| {
        let told = faults.iter().map(|fault| {
            let line = fault.record.and_then(|record| read.lines.get(record));
            let place = beside(file, line.and_then(|line| line.file.as_deref()));
            at(&place, line.map(|line| line.number), fault)
        });
        unfit(file, told.collect())
    })
}

/// The file, or one that it includes: that is looked for beside it.
fn beside(file: &Path, included: Option<&str>) -> PathBuf {
    match (file.parent(), included) {
        (_, None) => file.to_owned(),
        (Some(folder), Some(included)) => folder.join(included),
        (None, Some(included)) => included.into(),
    }
}

/// `FILE:LINE: what is wrong there`, so that an editor finds the place.
fn at(file: &Path, line: Option<usize>, fault: &dyn Display) -> String {
    match line {
        Some(line) => format!("{}:{line}: {fault}", file.display()),
        None => format!("{}: {fault}", file.display()),
    }
}

/// The failure for a file with these faults.
fn unfit(file: &Path, faults: Vec<String>) -> Failure {
    let more = faults.len().saturating_sub(MOST_FAULTS);
    let mut lines: Vec<String> = faults.into_iter().take(MOST_FAULTS).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    Failure::new(Step::Input, format!("{} cannot be served: {}", file.display(), lines.join("; ")))
}

/// For NSEC3 (RFC 5155 §5), where its weakness does not matter: the hash hides names, and proves nothing.
fn sha1(bytes: &[u8]) -> [u8; 20] {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}
