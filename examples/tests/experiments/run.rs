//! One run of a lesson: in the toy internet, and in a lab with a tcpdump at the far host.

use std::cell::Cell;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, id};
use std::time::Duration;

use crate::process::run;

/// Who runs the lessons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    Root,
    /// User 65534, without a capability.
    Nobody,
}

/// A folder with copies of the programs, which its user can read and write.
pub(crate) struct Bench {
    user: User,
    folder: PathBuf,
    runs: Cell<usize>,
}

/// What a run in a lab has left.
pub(crate) struct Ran {
    pub(crate) printed: String,
    /// When the lesson had ended, in seconds since 1970.
    ended: f64,
    capture: PathBuf,
}

/// What runs in the lab: a recorder at the far host, and when it listens, the lesson. It has ended when it has printed
/// its last line. What comes later is the kernels' business: connections by hand have lost their other end.
const SCRIPT: &str = "\
./barewire lab exec $4 -- $5 -i eth0 -w $0.pcap 2> $0.log &
for wait in $(seq 200); do grep -q -e 'listening on' -e 'File: ' $0.log && break; sleep 0.02; done
./$1 $2 $3 --wire > $0.out || exit 1
stat -c %.9Y $0.out > $0.end
sleep 0.2
kill -INT $!
sleep 0.8
";

impl User {
    /// An ordinary user's tcpdump wants to become another user, and no other one is there.
    fn recorder(self) -> &'static str {
        match self {
            User::Root => "tcpdump -Z root -s 0 -U --immediate-mode",
            User::Nobody => "dumpcap -q",
        }
    }
}

impl Bench {
    pub(crate) fn new(user: User) -> Bench {
        let programs = PathBuf::from(env!("CARGO_BIN_EXE_barewire"));
        let programs = programs.parent().expect("the folder of the programs");
        let folder = std::env::temp_dir().join(format!("barewire-experiments-{}-{user:?}", id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).expect("permissions of our own folder");
        fs::copy(programs.join("barewire"), folder.join("barewire")).expect("the program");
        let bench = Bench { user, folder, runs: Cell::new(0) };
        for experiment in crate::EXPERIMENTS {
            let lesson = programs.join("examples").join(experiment.lesson);
            fs::copy(&lesson, bench.folder.join(experiment.lesson)).unwrap_or_else(|error| {
                panic!(
                    "{}: {error}; plain `cargo test` builds it, so does `cargo build --examples`",
                    lesson.display()
                )
            });
        }
        bench
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = match self.user {
            User::Root => Command::new(words[0]),
            User::Nobody => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups", words[0]]);
                command
            }
        };
        command.args(&words[1..]).current_dir(&self.folder);
        command
    }

    /// What a lesson prints in the toy internet.
    pub(crate) fn toy(&self, lesson: &str, words: &[&str]) -> Result<String, String> {
        let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
        let outcome = run(
            &mut self.command(&[&[&*format!("./{lesson}")], &words[..]].concat()),
            Duration::from_secs(60),
        );
        if outcome.succeeded() { Ok(outcome.stdout) } else { Err(outcome.to_string()) }
    }

    /// Runs a lesson in a lab.
    pub(crate) fn wire(&self, lesson: &str, words: [&str; 2], topology: &str) -> Result<Ran, String> {
        self.runs.set(self.runs.get() + 1);
        let name = format!("{}-{lesson}", self.runs.get());
        // The slow wire loses packets unless it is told not to.
        let wire: &[&str] = if topology == "path" { &["--relay", "loss=0%"] } else { &[] };
        let lab = [&["./barewire", "lab", "run", "--topology", topology], wire].concat();
        let program = ["--", "sh", "-c", SCRIPT, &name, lesson];
        let far = if topology == "lan" { "bob" } else { "server" };
        let words = [words[0], words[1], far, self.user.recorder()];
        let outcome = run(&mut self.command(&[&lab[..], &program, &words].concat()), Duration::from_secs(60));
        if !outcome.succeeded() {
            return Err(outcome.to_string());
        }
        let read = |end: &str| fs::read_to_string(self.folder.join(format!("{name}.{end}")));
        let printed = read("out").map_err(|error| error.to_string())?;
        let ended = read("end").map_err(|error| error.to_string())?;
        // A kernel notes the time of a file in steps of some milliseconds. A FIN comes again after 200.
        let ended: f64 = ended.trim().parse().map_err(|error| format!("{ended}: {error}"))?;
        let ended = ended + 0.05;
        Ok(Ran { printed, ended, capture: self.folder.join(format!("{name}.pcap")) })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("captures and logs of this test are kept in {}", self.folder.display());
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Ran {
    /// The packets that passed the far host before the lesson had ended, and that tshark finds with this filter: a line
    /// each.
    pub(crate) fn frames(&self, filter: &str) -> Result<Vec<String>, String> {
        let filter = format!("({filter}) && frame.time_epoch < {:.6}", self.ended);
        let mut command = Command::new("tshark");
        command.args(["-n", "-Y", &filter, "-r"]).arg(&self.capture);
        let outcome = run(&mut command, Duration::from_secs(60));
        if !outcome.succeeded() && !outcome.stderr.contains("cut short") {
            return Err(outcome.to_string());
        }
        Ok(outcome.stdout.lines().map(str::to_owned).collect())
    }
}
