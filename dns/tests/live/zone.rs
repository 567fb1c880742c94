//! The zone, its text, and zones that are the same.

use std::path::PathBuf;

use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, Record};

/// The records of a master file without a fault.
pub(crate) fn read(text: &str) -> Vec<Record> {
    let zone = ZoneFile::parse(text.as_bytes(), &Name::root());
    let faults: Vec<String> = zone.faults.iter().map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}\n{text}");
    zone.records
}

pub(crate) fn every_type() -> Vec<Record> {
    read(include_str!("every_type.zone"))
}

/// The zone as we print it: a line for each record.
pub(crate) fn printed() -> String {
    every_type().iter().map(|record| format!("{record}\n")).collect()
}

/// Panics unless both have the same records, in any order. The records are compared, and not the text that we print of
/// them.
#[track_caller]
pub(crate) fn same(who: &str, ours: &[Record], theirs: &[Record]) {
    let missing: Vec<&Record> = ours.iter().filter(|record| !theirs.contains(record)).collect();
    let added: Vec<&Record> = theirs.iter().filter(|record| !ours.contains(record)).collect();
    assert!(
        missing.is_empty() && added.is_empty(),
        "{who}\nours alone:   {missing:#?}\ntheirs alone: {added:#?}"
    );
    assert_eq!(ours.len(), theirs.len(), "{who}");
}

/// A folder of this test, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("barewire-dns-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
