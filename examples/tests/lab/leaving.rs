//! Killed at a random moment, a lab leaves nothing: no process, no namespace, no device, no rule, no mount.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::run;
use crate::who::{Home, LIMIT};

const KILLS: u64 = 50;
const TOPOLOGIES: [&str; 5] = ["pair", "path", "lan", "nat", "dns"];
/// Longer than any of them takes until its program runs, on a machine that does nothing else.
const MOST: u64 = 600;

/// The seed of all moments: `BAREWIRE_SEED`, or one by chance.
fn seed() -> u64 {
    let given = std::env::var("BAREWIRE_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed"))
}

/// The next number of a seed (xorshift64).
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// The processes that have this variable in their environment, with their command lines.
fn tagged(tag: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let has_tag = |folder: &std::path::PathBuf| {
        fs::read(folder.join("environ")).is_ok_and(|text| String::from_utf8_lossy(&text).contains(tag))
    };
    let told = |folder: std::path::PathBuf| {
        let words = fs::read(folder.join("cmdline")).unwrap_or_default();
        format!("{}: {}", folder.display(), String::from_utf8_lossy(&words).replace('\0', " "))
    };
    processes.filter(has_tag).map(told).collect()
}

/// What can be seen outside, and what a lab must not change.
fn outside() -> BTreeSet<String> {
    let printed = |program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).stderr(Stdio::null()).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    };
    let rules = if fs::read("/proc/1/environ").is_ok() {
        printed("nft", &["list", "ruleset"])
    } else {
        String::new()
    };
    let files = ["/run", "/run/netns"].map(|folder| {
        let names = fs::read_dir(folder).map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect::<BTreeSet<_>>()
        });
        format!("{folder}: {names:?}", names = names.unwrap_or_default())
    });
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let lines = [printed("ip", &["-o", "link"]), printed("hostname", &[]), rules, mounts, files.join("\n")];
    lines.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
}

#[test]
fn killed_at_a_random_moment_it_leaves_nothing() {
    let name = "killed_at_a_random_moment_it_leaves_nothing";
    let Some(home) = Home::make(name, &["ip", "nft", "nginx", "unbound", "nsd"]) else { return };
    let (seed, before) = (seed(), outside());
    let (mut state, mut seen) = (seed | 1, [0; 2]);
    println!("BAREWIRE_SEED={seed}");
    for number in 0..KILLS {
        let who = home.users()[number as usize % home.users().len()];
        let topology = TOPOLOGIES[(next(&mut state) % 5) as usize];
        let moment = Duration::from_micros(next(&mut state) % (MOST * 1000));
        let (tag, mark) = (format!("BAREWIRE_TAG={seed}-{number}-"), home.path(&format!("ran-{number}")));
        // The program makes a rule and a process of its own, which has left its group.
        let script = format!("nft add table inet left; setsid sleep 600 & echo > {mark}; sleep 600");
        let words = ["run", "-q", "--topology", topology, "--", "sh", "-c", &script];
        let mut command = home.command(who, &words);
        command.env("BAREWIRE_TAG", format!("{seed}-{number}-")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        seen[usize::from(fs::exists(&mark).unwrap())] += 1;
        let start = Instant::now();
        let mut left = tagged(&tag);
        while !left.is_empty() && start.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(5));
            left = tagged(&tag);
        }
        assert!(left.is_empty(), "seed {seed}, kill {number}, {who}, {topology} after {moment:?}: {left:#?}");
    }
    println!("killed {} times before the program ran and {} times after", seen[0], seen[1]);
    let after = outside();
    let changed: Vec<&String> = before.symmetric_difference(&after).collect();
    assert!(changed.is_empty(), "seed {seed}: {changed:#?}");
}

/// The kernel counts network namespaces: with a limit of as many as one lab has, another one can be raised only when
/// all of the last are gone.
#[test]
fn killed_at_a_random_moment_it_leaves_no_namespace() {
    let name = "killed_at_a_random_moment_it_leaves_no_namespace";
    let Some(home) = Home::make(name, &["unshare"]) else { return };
    let seed = seed();
    let mut state = seed | 1;
    println!("BAREWIRE_SEED={seed}");
    let moments = (0..10).map(|_| format!("0.{:03}", next(&mut state) % 500)).collect::<Vec<_>>().join(" ");
    let raise = format!("{} lab run -q --no-servers --topology lan", home.path("barewire"));
    // alice, bob, mallory and switch are four. While a lab is to be killed, there is room for the one before, too: the
    // kernel takes a moment to clear it away.
    let script = format!(
        "limit=/proc/sys/user/max_net_namespaces; \
         echo 3 > $limit; {raise} -- true 2>/dev/null && exit 3; \
         raised() {{ for try in $(seq 100); do {raise} -- true 2>/dev/null && return; sleep 0.05; done; exit 4; }}; \
         for moment in {moments}; do \
           echo 4 > $limit; raised; \
           echo 8 > $limit; {raise} -- sleep 600 & sleep $moment; kill -KILL $!; wait $!; \
         done 2>/dev/null; \
         echo 4 > $limit; raised"
    );
    let outcome = run(Command::new("unshare").args(["-Ur", "sh", "-c", &script]), LIMIT);
    assert!(outcome.succeeded(), "seed {seed}:\n{outcome}");
}
