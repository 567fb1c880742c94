//! Other programs: what they write, the CPU time they take, and the memory they hold.

use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Runs a program to its end, and gives what it wrote to standard output.
///
/// # Panics
/// It could not be started, or it failed. A comparison without one of the two sides has no meaning.
pub(super) fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    output.stdout
}

/// Runs a program to its end, and gives its CPU time, user and system. Its output is read, and dropped.
///
/// The kernel adds a child's time to that of our children when we wait for it (getrusage(2)). So no other thread of
/// ours may wait for a child at the same time.
pub(super) fn cpu_time(command: &mut Command) -> Duration {
    let before = time_of_children();
    output(command);
    time_of_children() - before
}

fn time_of_children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel knows what our children used");
    duration(usage.user_time()) + duration(usage.system_time())
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec() as u64) + Duration::from_micros(time.tv_usec() as u64)
}

/// How long to wait between two looks at the memory of a program.
const LOOK: Duration = Duration::from_millis(1);

/// Runs a program to its end with its output thrown away, and gives the most memory that it held, in bytes (the peak
/// of the resident set, `VmHWM` in proc(5)). `None` where the system has no /proc.
///
/// The kernel keeps the peak, so only a peak in the last millisecond is missed. getrusage(2) has such a number too, but
/// it begins with the memory of the process that started the program: with ours.
pub(super) fn peak_memory(command: &mut Command) -> Option<u64> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        // A process that has ended has no such line.
        peak = high_water(&text).or(peak);
        if let Some(status) = child.try_wait().expect("a child of ours") {
            assert!(status.success(), "{command:?}: {status}");
            return peak;
        }
        std::thread::sleep(LOOK);
    }
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// dd(1) holds one block, and writes zeros to all of it.
    #[test]
    fn a_program_that_holds_40_mb_is_seen_to() {
        let peak =
            peak_memory(Command::new("dd").args(["if=/dev/zero", "of=/dev/null", "bs=40M", "count=20"]));
        if std::path::Path::new("/proc/self/status").exists() {
            let peak = peak.expect("a line VmHWM");
            assert!((40 << 20..60 << 20).contains(&peak), "40 MiB and a little, but {peak} bytes");
        }
    }

    #[test]
    #[should_panic(expected = "No such file")]
    fn a_program_that_fails_is_not_measured() {
        cpu_time(Command::new("cat").arg("/nowhere/at/all"));
    }
}
