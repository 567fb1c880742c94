//! The program of a lab: its exit code, its signals, its terminal, the host it runs at.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::run;
use crate::who::{Home, LIMIT, Who};

const QUIET: [&str; 3] = ["run", "-q", "--no-servers"];

fn code(home: &Home, who: Who, words: &[&str]) -> Option<i32> {
    home.lab(who, &[&QUIET, words].concat()).code
}

#[test]
fn the_exit_code_is_that_of_the_program() {
    let Some(home) = Home::make("the_exit_code_is_that_of_the_program", &[]) else { return };
    for who in home.users() {
        assert_eq!(code(&home, *who, &["true"]), Some(0));
        assert_eq!(code(&home, *who, &["sh", "-c", "exit 7"]), Some(7));
        assert_eq!(code(&home, *who, &["sh", "-c", "kill -TERM $$"]), Some(128 + 15));
        assert_eq!(code(&home, *who, &["sh", "-c", "kill -KILL $$"]), Some(128 + 9));
        assert_eq!(code(&home, *who, &["/etc/passwd"]), Some(126));
        assert_eq!(code(&home, *who, &["no-such-program"]), Some(127));
        // An orphan does not keep the lab from ending, and its end is not the program's.
        assert_eq!(
            code(&home, *who, &["sh", "-c", "(sleep 0.1; exit 3) & (sleep 60) & sleep 0.3; exit 5"]),
            Some(5)
        );
    }
}

#[test]
fn what_makes_no_sense_is_told_before_anything_is_raised() {
    let name = "what_makes_no_sense_is_told_before_anything_is_raised";
    let Some(home) = Home::make(name, &[]) else { return };
    for (words, told) in [
        (
            &["run", "--topology", "ring", "--", "true"][..],
            "there is no topology ring, but there are pair, path, lan",
        ),
        (&["run", "--at", "moon", "--", "true"], "the lab pair has no host moon; it has client, server"),
        (&["run", "--delay", "soon", "--", "true"], "delay=soon"),
        (
            &["run", "--delay", "5ms", "--relay", "jitter=1ms", "--", "true"],
            "the lab pair has no slow wire that could have delay=5ms jitter=1ms: add --topology path",
        ),
        (&["exec", "server", "--", "true"], "this is not inside a lab"),
    ] {
        let outcome = home.lab(Who::Myself, words);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        let said = outcome.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(told), "{outcome}");
    }
}

#[test]
fn a_program_runs_where_it_is_told_to() {
    let Some(home) = Home::make("a_program_runs_where_it_is_told_to", &["ip"]) else { return };
    let addresses = "ip -br -4 addr show eth0 | grep -o 10.77.*[0-9]; echo $BAREWIRE_LAB_HOST";
    for who in home.users() {
        let at = |options: &[&str], script: &str| home.script(*who, &[&QUIET[1..], options].concat(), script);
        assert_eq!(at(&[], addresses), "10.77.0.1/24\nclient\n");
        assert_eq!(at(&["--at", "server"], addresses), "10.77.0.2/24\nserver\n");
        let inside =
            format!("barewire lab exec server -- sh -c '{addresses}'; hostname; ip netns list | wc -l");
        assert_eq!(at(&[], &inside), "10.77.0.2/24\nserver\nclient\n2\n");
        // A lab in a lab.
        let nested =
            "barewire lab run -q --no-servers --topology lan -- barewire lab exec mallory -- hostname -I";
        assert!(at(&[], nested).starts_with("10.77.3.3 "), "{who}");
    }
}

/// Ends `child`, to which a signal was sent, or fails.
fn ends(mut child: std::process::Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!("it did not end")
}

#[test]
fn a_signal_to_the_command_reaches_the_program() {
    let Some(home) = Home::make("a_signal_to_the_command_reaches_the_program", &[]) else { return };
    for who in home.users() {
        for (signal, wanted) in [("TERM", 41), ("INT", 42), ("HUP", 43), ("USR1", 44)] {
            let ready = home.path(&format!("ready-{who:?}-{signal}"));
            let traps = "trap 'exit 41' TERM; trap 'exit 42' INT; trap 'exit 43' HUP; trap 'exit 44' USR1";
            // `wait` is interrupted by a signal; a program in the foreground would not be.
            let script = format!("{traps}; echo > {ready}; sleep 60 & wait");
            let child =
                home.command(*who, &[&QUIET[..], &["--", "sh", "-c", &script]].concat()).spawn().unwrap();
            let start = Instant::now();
            while !std::path::Path::new(&ready).exists() {
                assert!(start.elapsed() < LIMIT, "{who}: the program did not start");
                thread::sleep(Duration::from_millis(5));
            }
            // env and setpriv become the program, so the number is that of the process outside.
            let kill = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
            assert!(kill.unwrap().success());
            assert_eq!(ends(child), Some(wanted), "{who}, {signal}");
        }
    }
}

#[test]
fn a_shell_reads_commands_and_its_exit_code_counts() {
    let Some(home) = Home::make("a_shell_reads_commands_and_its_exit_code_counts", &[]) else { return };
    for who in home.users() {
        let mut command = home.command(*who, &["shell", "--no-servers"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"hostname; cat /etc/hosts | wc -l; exit 6\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(6), b"client\n6\n".to_vec()), "{who}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("lab pair: two hosts and a cable; ready in "), "{who}: {said}");
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    }
}

/// Types into a terminal that it makes, and prints what the program shows there, and its exit code.
const TYPIST: &str = r#"
import os, pty, select, sys, time
keys, command = eval(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
def read(until):
    global seen
    end = time.time() + 50
    while until not in seen and time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try: data = os.read(terminal, 4096)
            except OSError: return
            if not data: return
            seen += data
    if until not in seen: print("NEVER SEEN:", until)
for wanted, typed in keys:
    read(wanted)
    time.sleep(0.2)
    seen = b""
    os.write(terminal, typed)
read(b"\0never\0")
print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

fn typed(home: &Home, who: Who, keys: &str, words: &[&str]) -> String {
    let command = home.command(who, words);
    let mut python = Command::new("python3");
    python.args(["-c", TYPIST, keys]).arg(command.get_program()).args(command.get_args());
    python.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir("/");
    run(&mut python, LIMIT).stdout
}

#[test]
fn a_shell_at_a_terminal_has_job_control() {
    let Some(home) = Home::make("a_shell_at_a_terminal_has_job_control", &["python3", "/bin/bash"]) else {
        return;
    };
    // Ctrl+Z stops a program, Ctrl+C ends one, and the shell goes on.
    let keys = r##"[(b"# ", b"sleep 61\n"), (b"sleep 61", b"\x1a"), (b"Stopped", b"jobs | grep -c Stopped; fg\n"),
                   (b"sleep 61\r\n", b"\x03"), (b"# ", b"exit $(($? - 100))\n")]"##;
    for who in home.users() {
        let said = typed(&home, *who, keys, &["shell", "--no-servers"]);
        assert!(said.ends_with("exit 30\n") && !said.contains("NEVER SEEN"), "{who}: {said}");
    }
}

#[test]
fn ctrl_c_is_for_the_program_to_decide() {
    let Some(home) = Home::make("ctrl_c_is_for_the_program_to_decide", &["python3"]) else { return };
    for who in home.users() {
        let keys = r#"[(b"ready", b"\x03"), (b"once more", b"\x03")]"#;
        let script =
            "trap 'echo once more; trap \"exit 9\" INT' INT; echo ready; while :; do sleep 0.05; done";
        let words = [&QUIET[..], &["--", "bash", "-c", script]].concat();
        let said = typed(&home, *who, keys, &words);
        assert!(said.ends_with("exit 9\n") && !said.contains("NEVER SEEN"), "{who}: {said}");
    }
}
