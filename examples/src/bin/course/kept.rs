//! Where the capture of a check lies: `target/course/ID.pcapng`, and the line about it in the report.
//!
//! Tested in `tests/course/captures.rs`.

use std::io;
use std::path::Path;

use crate::checks;
use crate::wire::{self, Packet};

/// The folder of the captures, from the root of the workspace.
const FOLDER: &str = "target/course";

/// Writes the capture of a check that failed, and says where it lies. Without packets there is none, and the reason is
/// said.
pub(crate) fn keep(root: &Path, id: &str, packets: &[Packet], secrets: &[String]) -> String {
    forget(root, id);
    let file = format!("{FOLDER}/{id}.pcapng");
    match (checks::has_packets(id), packets.len()) {
        (false, _) => "capture: none: this check has no packets".to_owned(),
        (true, 0) => "capture: none: the check ended before its first packet".to_owned(),
        (true, _) => match write(root, &file, packets, secrets) {
            Ok(frames) => format!(
                "capture: {}, {frames} packet{}; Wireshark opens it, and `cargo course show {0} --bytes`",
                shown(root, &file),
                if frames == 1 { "" } else { "s" }
            ),
            Err(error) => format!("capture: none: {}: {error}", shown(root, &file)),
        },
    }
}

/// Removes the capture of an earlier run, which would mislead.
pub(crate) fn forget(root: &Path, id: &str) {
    // Often there is none.
    let _ = std::fs::remove_file(root.join(FOLDER).join(format!("{id}.pcapng")));
}

fn write(root: &Path, file: &str, packets: &[Packet], secrets: &[String]) -> io::Result<usize> {
    let capture = wire::capture(packets, secrets);
    std::fs::create_dir_all(root.join(FOLDER))?;
    std::fs::write(root.join(file), capture.write())?;
    Ok(capture.frames.len())
}

/// The path as one types it: `.` in front of it says nothing.
fn shown(root: &Path, file: &str) -> String {
    if root == Path::new(".") { file.to_owned() } else { root.join(file).display().to_string() }
}
