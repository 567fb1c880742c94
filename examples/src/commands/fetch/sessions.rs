//! The file of --session: read before the first fetch, written after the last.
//!
//! Left out: a lock. Two runs at once go on from the same sessions, and the file is that of the run that ends last. So
//! a session is used once only where one run follows the other. Tested in `tests/resumed.rs`.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

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
            // The file is written anew in the end. One that was meant for something else must not be lost by that.
            if broken > 0 && sessions.is_empty() && !Sessions::wrote(&text) {
                let says = format!("{} holds no sessions of barewire; it stays as it is", path.display());
                return Err(Failure::new(Step::Usage, says));
            }
            if broken > 0 {
                let what = if broken == 1 { "line is not a session" } else { "lines are not sessions" };
                complain(&format!("{}: {broken} {what} of barewire", path.display()));
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
    put(path, &sessions.to_text()).map_err(|error| unwritable(&path.display().to_string(), &error))
}

/// A file that exists keeps its rights when it is written, and they may let others read it. So a new file takes its
/// place, with the rights of a key. It also has all of its lines, or does not come.
fn put(path: &Path, text: &str) -> io::Result<()> {
    // A link stays, and leads to the new file. A device, as /dev/null, stays what it is.
    let path = led_to(path);
    if path.metadata().is_ok_and(|facts| !facts.is_file()) {
        return std::fs::write(path, text);
    }
    let (mut file, beside) = for_owner(&path)?;
    let done = file.write_all(text.as_bytes()).and_then(|()| std::fs::rename(&beside, &path));
    if done.is_err() {
        let _ = std::fs::remove_file(beside);
    }
    done
}

/// Where a link leads, also to a file that is not there yet; the path itself, if it is not a link.
fn led_to(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // A loop of links was refused when the file was read; this bound is Linux's for a chain.
    for _ in 0..40 {
        let Ok(target) = path.read_link() else { break };
        path = path.with_file_name("").join(target);
    }
    path
}

/// A new file beside that of `path`, which nobody but its owner can read, where the system knows owners. Another run
/// may be writing one, or may have left one.
fn for_owner(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for number in 0..100 {
        let beside = path.with_file_name(format!("{name}.new{number}"));
        match options.open(&beside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, beside)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
