//! Who raises the lab: root, and an ordinary user who may do nothing; or, where the tests do not run as root, the user
//! who runs them.

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::need;
use crate::process::{Outcome, run};

/// How long a lab may take, with all that happens in it. The machine may be busy.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The one who runs the tests: root, as a rule.
    Myself,
    /// nobody, with no group and no capability.
    Ordinary,
}

/// A copy of the program that everybody may start, in a folder in which everybody may write. Dropping it takes it away.
pub(crate) struct Home {
    folder: PathBuf,
    users: Vec<Who>,
}

impl Home {
    /// A folder for the test `name`, or nothing where a tool is missing, or the system gives out no namespaces.
    pub(crate) fn make(name: &str, tools: &[&str]) -> Option<Home> {
        if !need::can_run(name, false, tools) {
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("barewire-lab-{}-{number}", std::process::id()));
        fs::create_dir(&folder).expect("a folder for the test");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("it is ours");
        let (built, copy) = (env!("CARGO_BIN_EXE_barewire"), folder.join("barewire"));
        fs::hard_link(built, &copy)
            .or_else(|_| fs::copy(built, &copy).map(|_| ()))
            .expect("a copy of the program");
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let is_root =
            fs::metadata(&folder).is_ok_and(|found| std::os::unix::fs::MetadataExt::uid(&found) == 0);
        let users = if is_root { vec![Who::Myself, Who::Ordinary] } else { vec![Who::Myself] };
        let home = Home { folder, users };
        home.is_allowed(name).then_some(home)
    }

    fn is_allowed(&self, name: &str) -> bool {
        let tried = self.lab(Who::Myself, &["run", "-q", "--no-servers", "--", "true"]);
        let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
        assert!(
            tried.succeeded() || !required,
            "{name} may not be skipped, but no lab can be raised:\n{tried}"
        );
        if !tried.succeeded() {
            use std::io::Write;
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: {name}, because no lab can be raised: {}",
                tried.stderr
            );
        }
        tried.succeeded()
    }

    /// Everybody who is to raise labs.
    pub(crate) fn users(&self) -> &[Who] {
        &self.users
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// The command `barewire lab WORDS`.
    pub(crate) fn command(&self, who: Who, words: &[&str]) -> Command {
        let program = self.path("barewire");
        // Signals that whoever started the tests ignores, as nohup(1) does, would be ignored in the lab too.
        let mut command = Command::new("env");
        command.arg("--default-signal");
        if who == Who::Ordinary {
            command.args(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        command
            .args([&program, "lab"])
            .args(words)
            .current_dir("/")
            .env("SHELL", "/bin/bash")
            .env("HOME", &self.folder);
        command.env("TERM", "dumb").stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn lab(&self, who: Who, words: &[&str]) -> Outcome {
        run(&mut self.command(who, words), LIMIT)
    }

    /// What a shell at the first host prints for `script`. It must succeed.
    pub(crate) fn script(&self, who: Who, options: &[&str], script: &str) -> String {
        let words = [&["run"], options, &["--", "sh", "-euc", script]].concat();
        let outcome = self.lab(who, &words);
        assert!(outcome.succeeded(), "{who}:\n{outcome}");
        outcome.stdout
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = fs::remove_file(Path::new(&self.path("barewire")));
            eprintln!("files of this test are kept in {}", self.folder.display());
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Who::Myself => "the user who runs the tests",
            Who::Ordinary => "an ordinary user",
        })
    }
}
