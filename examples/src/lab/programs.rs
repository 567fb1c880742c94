//! Programs of this machine: where they are, and how servers are started.

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::hosts::Host;
use super::mounts::FOLDER;

/// Where a program is. An ordinary user's PATH often lacks the folders of servers.
pub(super) fn find(name: impl AsRef<Path>) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path).chain(servers).map(|folder| folder.join(&name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The folder for the files of a server at a host.
pub(super) fn folder(host: &Host, name: &str) -> io::Result<PathBuf> {
    let folder = Path::new(FOLDER).join(host.name()).join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A command at this host that reads nothing, writes into `log`, and hears no key of the terminal.
pub(super) fn at(host: &Host, program: &Path, log: &Path) -> io::Result<Command> {
    let log = File::create(log)?;
    let mut command = host.command(program);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    Ok(command)
}

/// Runs a command that starts a server and ends when the server is ready.
pub(super) fn launch(command: &mut Command, log: &Path) -> io::Result<()> {
    if command.status()?.success() {
        return Ok(());
    }
    let said = fs::read_to_string(log).unwrap_or_default();
    let line = said.lines().next_back().unwrap_or("it said nothing").to_string();
    Err(io::Error::other(line))
}

/// Waits until somebody at this host listens at a port of TCP, since not every server says when it does.
pub(super) fn wait_for_port(host: &Host, port: u16) -> io::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(5);
    let start = Instant::now();
    while !host.try_inside(|| Ok(listens(port)))? {
        if start.elapsed() > PATIENCE {
            return Err(io::Error::other(format!("nobody listens on port {port} after {PATIENCE:?}")));
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// The kernel's list of this thread's namespace: a line has the port in hexadecimal digits, and 0A for LISTEN.
fn listens(port: u16) -> bool {
    let text = ["tcp", "tcp6"].map(|file| fs::read_to_string(format!("/proc/thread-self/net/{file}")));
    let wanted = format!(":{port:04X} ");
    let mut lines = text.iter().flatten().flat_map(|text| text.lines());
    lines.any(|line| line.contains(&wanted) && line.split_whitespace().nth(3) == Some("0A"))
}

/// The first word of a program's answer that has a dot and a digit: `1.22.1` of `nginx version: nginx/1.22.1`.
pub(super) fn version(answer: &str) -> Option<&str> {
    let words = answer.split(|each: char| each.is_whitespace() || each == '/' || each == '(');
    words
        .into_iter()
        .find(|word| word.contains('.') && word.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_version_is_found_in_what_programs_say() {
        for (answer, wanted) in [
            ("nginx version: nginx/1.22.1\n", Some("1.22.1")),
            ("OpenSSL 3.0.22 25 Aug 2026 (Library: OpenSSL 3.0.22 25 Aug 2026)", Some("3.0.22")),
            ("Version 1.17.1\n", Some("1.17.1")),
            ("what?", None),
        ] {
            assert_eq!(version(answer), wanted);
        }
    }
}
