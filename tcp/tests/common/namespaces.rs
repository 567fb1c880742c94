//! Taking down what a test has made: its network namespaces, and its folder.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

/// Ends the processes in these network namespaces, and takes them away; also after a panic. Then the folder goes, or is
/// named, so that the captures of a test that failed can be looked at.
pub(crate) fn take_down(spaces: impl Iterator<Item = String>, folder: &Path) {
    for space in spaces {
        let pids = Command::new("ip").args(["netns", "pids", &space]).output();
        for pid in pids.iter().flat_map(|pids| pids.stdout.split(|byte| *byte == b'\n')) {
            let _ = Command::new("kill").args(["-KILL", &String::from_utf8_lossy(pid)]).output();
        }
        let _ = Command::new("ip").args(["netns", "del", &space]).output();
    }
    if thread::panicking() {
        eprintln!("captures of this test are kept in {}", folder.display());
    } else {
        let _ = fs::remove_dir_all(folder);
    }
}
