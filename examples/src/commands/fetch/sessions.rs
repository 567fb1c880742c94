//! The file of --session: read before the first fetch, written after the last. Tested in `tests/resumed.rs`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::cli::{FetchArgs, Net};
use crate::commands::output::{complain, unwritable};
use crate::failure::{Failure, Step};
use crate::fetch::Sessions;

const OTHER_RUN: &str = "its sessions are of another run of the toy internet, whose time begins anew in each: they \
                         wait; to see one resumed, name a URL twice, with --no-keepalive";

/// The sessions to go on from. `None`: each connection begins anew.
pub(super) fn read(args: &FetchArgs) -> Result<Option<Sessions>, Failure> {
    let Some(path) = &args.network.session else {
        // Early data needs a session. One of this run is as good as one of a file.
        return Ok(args.network.early_data.then(Sessions::default));
    };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let (sessions, broken) = Sessions::read(&text);
            if broken > 0 {
                complain(&format!("{}: {broken} lines are not sessions of barewire", path.display()));
            }
            if args.network.net == Net::Toy && !sessions.is_empty() {
                complain(&format!("{}: {OTHER_RUN}", path.display()));
            }
            Ok(Some(sessions))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Sessions::default())),
        Err(error) => Err(Failure::new(Step::Usage, format!("{} cannot be read: {error}", path.display()))),
    }
}

/// Writes the sessions that are left, and the new ones.
pub(super) fn write(args: &FetchArgs, sessions: Option<&Sessions>) -> Result<(), Failure> {
    let (Some(path), Some(sessions)) = (&args.network.session, sessions) else { return Ok(()) };
    for_owner(path)
        .and_then(|mut file| file.write_all(sessions.to_text().as_bytes()))
        .map_err(|error| unwritable(&path.display().to_string(), &error))
}

/// A file that nobody but its owner can read, where the system knows owners.
fn for_owner(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
