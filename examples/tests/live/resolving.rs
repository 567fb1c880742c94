//! `barewire resolve` with the servers of /etc/resolv.conf, beside dig: a search list, a server that is not there, a
//! line that nobody can read.

use std::time::Duration;

use crate::certificates::HOST;
use crate::lab::{Lab, SERVER};
use crate::need;
use crate::process::{Outcome, run};
use crate::servers;

const LIMIT: Duration = Duration::from_secs(30);

/// Runs a program that takes `conf` for /etc/resolv.conf.
fn with_conf(lab: &Lab, conf: &str, program: &str, words: &[&str]) -> Outcome {
    let file = lab.write("resolv.conf", conf);
    let script = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    let mut command = lab.command("client", "unshare");
    command.args(["-m", "sh", "-c", script, &file, program]).args(words).env("NO_COLOR", "1");
    run(&mut command, LIMIT)
}

#[test]
fn the_servers_and_the_search_list_of_the_system() {
    let test = "the_servers_and_the_search_list_of_the_system";
    if !need::can_run(test, true, &["dig", "unshare"]) {
        return;
    }
    let Some(lab) = Lab::raise(test) else { return };
    servers::unbound(&lab);
    lab.swallow_port(5353);
    let ours = env!("CARGO_BIN_EXE_barewire");
    let conf = format!("search live.test\nnameserver {SERVER}\n");
    for (name, rtype) in [("alias", "A"), ("noaddress", "TXT"), ("alias.live.test", "A")] {
        let dig = with_conf(&lab, &conf, "dig", &["+search", "+short", name, rtype]);
        let outcome =
            with_conf(&lab, &conf, ours, &["resolve", "--net", "os", "--search", "--short", name, rtype]);
        assert_eq!(outcome.stdout, dig.stdout, "{name} {rtype}: {outcome}");
        assert!(!outcome.stdout.is_empty(), "{name} {rtype}: {outcome}");
    }
    // Without --search the name is asked for as it is, and unbound has no root to ask. Both have 9 for silence.
    let outcome = with_conf(&lab, &conf, ours, &["resolve", "--net", "os", "alias", "--timeout", "1"]);
    let dig = with_conf(&lab, &conf, "dig", &["+time=1", "+tries=1", "alias"]);
    assert_eq!((outcome.code, dig.code), (Some(9), Some(9)), "{outcome}{dig}");

    let conf = format!("nameserver {SERVER}\nspeak clearly\noptions use-vc\n");
    let outcome = with_conf(&lab, &conf, ours, &["resolve", "--net", "os", HOST, "--time"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stderr.contains("resolv.conf: directive at line 2"), "{outcome}");
    assert!(outcome.stdout.contains(&format!("from {SERVER}:53 over TCP")), "{outcome}");

    // Nobody answers at this port, and then the name of a server is looked up.
    let silent = format!("@{SERVER}:5353");
    let named = ["resolve", HOST, &silent, "@ns.live.test", "--tries", "1", "--timeout", "1"];
    let outcome = with_conf(&lab, &conf, ours, &named);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.contains(&format!("next server: {SERVER}:5353 gave no answer")), "{outcome}");
}
