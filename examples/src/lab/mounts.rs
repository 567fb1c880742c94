//! What a lab sees of the file system that others do not: names for its namespaces, `/etc/hosts`, its own `/proc`.
//!
//! All of it is in a mount namespace of the lab alone, so that it is gone with the lab's last process.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::mount::{
    MountFlags, MountPropagationFlags, mount, mount_bind, mount_bind_recursive, mount_change,
};

use super::hosts::NAMES;
use super::record::{FILE, Record};

/// Where a lab keeps what is its own.
pub(crate) const FOLDER: &str = "/run/barewire";
/// The certificate of the authority that signs for the servers of the lab.
pub(crate) const AUTHORITY: &str = "/run/barewire/ca.pem";
/// Where the program `barewire` is found by its name.
pub(crate) const PROGRAMS: &str = "/run/barewire/bin";

/// Puts an empty file system at /run, with room for the lab's own files, and whatever else was in /run.
///
/// # Errors
/// What the system says, and where.
pub(super) fn prepare() -> io::Result<()> {
    // Without this, what is mounted here would be mounted outside, too.
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).map_err(at("/"))?;
    let before = File::open("/run").map_err(at("/run"))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("lab", "/run", "tmpfs", flags, c"mode=0755").map_err(at("/run"))?;
    show_again(&before);
    [NAMES, FOLDER].iter().try_for_each(fs::create_dir_all)?;
    // A fresh /proc names processes as the lab numbers them. Where it is not allowed (Docker), the old one has to do.
    let hidden = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let _ = mount("proc", "/proc", "proc", hidden, None);
    Ok(())
}

/// Programs and files can lie in /run: each entry is shown again in the new one. One that cannot be shown is left out.
fn show_again(before: &File) {
    let from = format!("/proc/self/fd/{}", before.as_raw_fd());
    let Ok(entries) = fs::read_dir(&from) else { return };
    for entry in entries.flatten() {
        let (old, new) =
            (Path::new(&from).join(entry.file_name()), Path::new("/run").join(entry.file_name()));
        if [Path::new(NAMES), Path::new(FOLDER)].contains(&new.as_path()) {
            continue; // Those of a lab around this one, or of `ip netns`.
        }
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => {
                fs::read_link(&old).and_then(|target| std::os::unix::fs::symlink(target, &new))
            }
            Ok(kind) if kind.is_dir() => {
                fs::create_dir(&new).and_then(|()| Ok(mount_bind_recursive(&old, &new)?))
            }
            Ok(_) => File::create(&new).and_then(|_| Ok(mount_bind(&old, &new)?)),
            Err(error) => Err(error),
        };
    }
}

/// Gives this thread's network namespace the name `host`; it lives as long as the name.
pub(super) fn name_namespace(host: &str) -> io::Result<File> {
    let path = format!("{NAMES}/{host}");
    File::create(&path).map_err(at(&path))?;
    mount_bind(super::system::NETWORK_NAMESPACE, &path).map_err(at(&path))?;
    File::open(path)
}

/// Writes down what was made, and puts the hosts' names in the place of /etc/hosts.
pub(super) fn write_record(record: &Record) -> io::Result<()> {
    fs::write(FILE, record.to_string())?;
    let names: String = record
        .hosts
        .iter()
        .flat_map(|host| host.addresses.iter().map(move |address| format!("{address} {}\n", host.name)))
        .collect();
    replace("/etc/hosts", &format!("127.0.0.1 localhost\n::1 localhost\n{names}"))
}

/// Puts a file with this text in the place of `path`, where there is such a file.
pub(super) fn replace(path: &str, text: &str) -> io::Result<()> {
    let Ok(real) = fs::canonicalize(path) else { return Ok(()) };
    let new = format!("{FOLDER}/{}", path.trim_start_matches("/etc/"));
    fs::write(&new, text)?;
    mount_bind(&new, real).map_err(at(path))
}

/// An error that says where.
fn at<E: Into<io::Error>>(path: &str) -> impl FnOnce(E) -> io::Error {
    let path = path.to_string();
    move |error| {
        let error = error.into();
        io::Error::new(error.kind(), format!("{path}: {error}"))
    }
}
