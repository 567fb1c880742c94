//! A system that gives out no namespaces, or few processes: the error says why, and names the line that opens the
//! door.

use std::process::Command;

use crate::process::run;
use crate::who::{Home, LIMIT};

#[test]
fn a_limit_of_no_namespaces_is_told() {
    let name = "a_limit_of_no_namespaces_is_told";
    let Some(home) = Home::make(name, &["unshare", "setpriv"]) else { return };
    // In a user namespace of the test, which may set its own limit; then without the rights of its root.
    let script = format!(
        "echo 0 > /proc/sys/user/max_user_namespaces; \
         exec setpriv --bounding-set=-all --inh-caps=-all {} lab run -- true",
        home.path("barewire")
    );
    let outcome = run(Command::new("unshare").args(["-Ur", "sh", "-c", &script]), LIMIT);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    let said = outcome.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("sudo sysctl -w user.max_user_namespaces=15000"), "{outcome}");
}

/// A lab needs a few processes and threads. Whichever of them the system refuses, that is an error and no panic.
#[test]
fn a_limit_of_few_processes_is_told() {
    let Some(home) = Home::make("a_limit_of_few_processes_is_told", &["prlimit", "setpriv"]) else { return };
    // It limits root by nothing. The last of the users is an ordinary one.
    let who = *home.users().last().expect("somebody runs the tests");
    let told = (1..12).filter(|most| {
        let command = home.command(who, &["run", "--topology", "dns", "--", "true"]);
        let mut limited = Command::new("prlimit");
        limited.arg(format!("--nproc={most}")).arg(command.get_program()).args(command.get_args());
        let outcome = run(limited.current_dir("/"), LIMIT);
        assert!(!outcome.stderr.contains("panicked"), "{most}: {outcome}");
        // Which of them is refused depends on how many this user has at the moment, in other tests too.
        outcome.code == Some(2) && outcome.stderr.contains("Resource temporarily unavailable")
    });
    assert_ne!(told.count(), 0);
}
