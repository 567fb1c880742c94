//! What the kernel says of this process: who it is, what it may do, and who watches over it (/proc/self/status).

use std::fs;
use std::path::Path;

use rustix::process::geteuid;
use rustix::system::uname;

use super::report::Fact;
use crate::lab;

/// The names of capabilities(7) that a reader of packets asks about, by their bits.
const CAPABILITIES: [(u32, &str); 4] =
    [(12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"), (21, "CAP_SYS_ADMIN"), (10, "CAP_NET_BIND_SERVICE")];
/// How many capabilities a kernel has that knows all of today's.
const ALL: u32 = 41;

/// The system, and who runs this.
pub(super) fn system() -> String {
    let name = uname();
    let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
    let user = geteuid();
    let root = if user.is_root() { " (root)" } else { "" };
    let (release, machine) = (text(name.release()), text(name.machine()));
    format!("{} {release} {machine}, user {}{root}", text(name.sysname()), user.as_raw())
}

/// All of them.
pub(super) fn all() -> Vec<Fact> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let setting =
        |path: &str| fs::read_to_string(format!("/proc/sys/{path}")).ok().map(|text| text.trim().to_owned());
    let fact = |name: &str, text: String| Fact { name: name.to_owned(), text };
    let mut facts = vec![
        fact("capabilities", capabilities(line(&status, "CapEff:"))),
        fact("seccomp", seccomp(line(&status, "Seccomp:"), lab::is_inside())),
        fact("AppArmor", app_armor(setting("kernel/apparmor_restrict_unprivileged_userns").as_deref())),
        fact(
            "user namespaces",
            setting("user/max_user_namespaces").map_or_else(
                || "this kernel does not say".to_owned(),
                |most| format!("user.max_user_namespaces is {most}"),
            ),
        ),
    ];
    facts.extend(container().map(|name| fact("container", name.to_owned())));
    facts
}

fn line<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

fn capabilities(mask: Option<&str>) -> String {
    let Some(mask) = mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()) else {
        return "this kernel does not say".to_owned();
    };
    let named = CAPABILITIES.iter().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, name)| *name);
    match mask.count_ones() {
        0 => "none".to_owned(),
        ALL.. => "all".to_owned(),
        some => {
            let named: Vec<&str> = named.collect();
            let with = if named.is_empty() { "none for networks".to_owned() } else { named.join(", ") };
            format!("{} of {ALL}: {with}", some)
        }
    }
}

fn seccomp(mode: Option<&str>, in_lab: bool) -> String {
    match mode {
        Some("2") if in_lab => "a filter: the lab of an ordinary user has one, for setgroups",
        Some("0") => "no filter",
        Some("1") => "strict mode",
        Some("2") => "a filter looks at every system call, as in a container",
        _ => "this kernel does not say",
    }
    .to_owned()
}

fn app_armor(restricts: Option<&str>) -> String {
    match restricts {
        None => "does not restrict user namespaces on this kernel",
        Some("0") => "restricts no user namespaces",
        Some(_) => "restricts user namespaces of ordinary users (Ubuntu since 23.10)",
    }
    .to_owned()
}

fn container() -> Option<&'static str> {
    if Path::new("/.dockerenv").exists() {
        return Some("Docker (/.dockerenv is there)");
    }
    Path::new("/run/.containerenv").exists().then_some("Podman (/run/.containerenv is there)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_have_names() {
        // Docker's default set, as docs.docker.com lists it.
        assert_eq!(capabilities(Some("00000000a80425fb")), "14 of 41: CAP_NET_RAW, CAP_NET_BIND_SERVICE");
        assert_eq!(capabilities(Some("000001ffffffffff")), "all");
        assert_eq!(capabilities(Some("0000000000000000")), "none");
        assert_eq!(capabilities(Some("0000000000000001")), "1 of 41: none for networks");
    }

    #[test]
    fn a_line_of_the_status_is_found() {
        let status = "Name:\tbarewire\nSeccomp:\t2\nSeccomp_filters:\t1\n";
        assert_eq!(
            seccomp(line(status, "Seccomp:"), false),
            "a filter looks at every system call, as in a container"
        );
    }
}
