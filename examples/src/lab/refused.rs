//! Why a system gives out no namespaces, and the one line that opens the door.
//!
//! What is known here are the four doors that distributions and containers close: the sysctl of older Debians, the
//! limit on user namespaces, AppArmor's restriction (Ubuntu since 23.10), and a container's seccomp filter.

use std::fs;
use std::io;

use crate::failure::{Failure, Step};

/// What the system says of itself. `None` where it has no such setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// kernel.unprivileged_userns_clone
    pub(super) clone_allowed: Option<u32>,
    /// user.max_user_namespaces
    pub(super) most_namespaces: Option<u32>,
    /// kernel.apparmor_restrict_unprivileged_userns
    pub(super) apparmor_restricts: Option<u32>,
    /// Whether a seccomp filter looks at this process's system calls: `Seccomp: 2` in /proc/self/status.
    pub(super) is_filtered: bool,
    /// How many threads this process has.
    pub(super) threads: u32,
    /// Whether the kernel has user namespaces.
    pub(super) has_namespaces: bool,
}

impl Facts {
    /// Reads them from /proc.
    pub(super) fn of_system() -> Facts {
        let number = |path: &str| fs::read_to_string(format!("/proc/sys/{path}")).ok()?.trim().parse().ok();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        Facts {
            clone_allowed: number("kernel/unprivileged_userns_clone"),
            most_namespaces: number("user/max_user_namespaces"),
            apparmor_restricts: number("kernel/apparmor_restrict_unprivileged_userns"),
            is_filtered: line("Seccomp:") == Some(2),
            threads: line("Threads:").unwrap_or(1),
            has_namespaces: fs::exists("/proc/self/ns/user").unwrap_or(false),
        }
    }
}

/// The failure of a step (`unshare`, or writing the file that maps users), with its reason as far as it is known.
pub(super) fn refused(step: &str, error: &io::Error, facts: &Facts) -> Failure {
    let (why, door) = reason(error, facts);
    Failure::new(
        Step::Usage,
        format!(
            "the lab needs namespaces of its own, and this system refuses ({step}: {error}): {why}; {door}"
        ),
    )
}

/// Why, and what opens the door.
fn reason(error: &io::Error, facts: &Facts) -> (&'static str, &'static str) {
    const ROOT: &str = "run it as root: sudo barewire lab ...";
    match error.raw_os_error() {
        _ if !facts.has_namespaces => ("the kernel was built without user namespaces", ROOT),
        Some(libc::EINVAL) if facts.threads > 1 => {
            ("this process has several threads already", "enter the lab before the first thread is started")
        }
        Some(libc::ENOSPC) | Some(libc::EUSERS) => (
            "there are as many namespaces as user.max_user_namespaces allows, or they are nested too deeply",
            "open it: sudo sysctl -w user.max_user_namespaces=15000",
        ),
        _ if facts.most_namespaces == Some(0) => {
            ("user.max_user_namespaces is 0", "open it: sudo sysctl -w user.max_user_namespaces=15000")
        }
        _ if facts.clone_allowed == Some(0) => (
            "kernel.unprivileged_userns_clone is 0, so only root may",
            "open it: sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        _ if facts.is_filtered => (
            "a seccomp filter forbids it, as Docker's does",
            "open it: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined ...",
        ),
        _ if facts.apparmor_restricts == Some(1) => (
            "AppArmor takes the rights away from programs that it has no profile for (Ubuntu since 23.10)",
            "open it until the next start: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        _ => ("nothing in /proc/sys says why", ROOT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(number: i32, facts: Facts) -> String {
        let facts = Facts { has_namespaces: true, threads: facts.threads.max(1), ..facts };
        refused("unshare", &io::Error::from_raw_os_error(number), &facts).message
    }

    #[test]
    fn each_closed_door_has_a_line_that_opens_it() {
        for (number, facts, line) in [
            (
                libc::EPERM,
                Facts { clone_allowed: Some(0), ..Facts::default() },
                "unprivileged_userns_clone=1",
            ),
            (
                libc::ENOSPC,
                Facts { most_namespaces: Some(0), ..Facts::default() },
                "max_user_namespaces=15000",
            ),
            (
                libc::EPERM,
                Facts { is_filtered: true, ..Facts::default() },
                "--security-opt seccomp=unconfined",
            ),
            (
                libc::EPERM,
                Facts { apparmor_restricts: Some(1), ..Facts::default() },
                "restrict_unprivileged_userns=0",
            ),
            (libc::EINVAL, Facts { threads: 2, ..Facts::default() }, "before the first thread"),
            (libc::EPERM, Facts { clone_allowed: Some(1), ..Facts::default() }, "as root"),
        ] {
            let message = told(number, facts);
            assert!(message.contains(line), "{message}");
        }
    }

    #[test]
    fn a_kernel_without_user_namespaces_is_told() {
        let message =
            refused("unshare", &io::Error::from_raw_os_error(libc::EINVAL), &Facts::default()).message;
        assert!(message.contains("built without user namespaces"), "{message}");
    }
}
