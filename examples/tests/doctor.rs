//! What `barewire doctor` prints, guarded by texts that a person has checked. The reports are made by hand: what a
//! machine allows is another matter, in `tests/live/doctor.rs`.

use barewire::doctor::{Fact, Outcome, Probe, Report};
use barewire::views::{self, Style};

fn probe(name: &str, opens: &str, outcome: Outcome, way: Option<&str>) -> Probe {
    let text = str::to_owned;
    Probe { name: text(name), tried: text("it"), outcome, opens: text(opens), way: way.map(text) }
}

fn yes() -> Outcome {
    Outcome::Open("it opens".to_owned())
}

fn no(seen: &str) -> Outcome {
    Outcome::Closed(seen.to_owned())
}

/// An ordinary user of a Debian, who may raise labs.
fn of_a_user() -> Report {
    let fact = |name: &str, text: &str| Fact { name: name.to_owned(), text: text.to_owned() };
    let raw = "fetch --net raw, send, ping, traceroute, scan, listen";
    let capability = "the kernel wants the capability CAP_NET_RAW";
    let ways = ["sudo setcap cap_net_raw+ep /home/joe/barewire", "sudo chmod 0666 /dev/net/tun"];
    Report {
        system: "Linux 6.1.0-18-amd64 x86_64, user 1000".to_owned(),
        facts: vec![fact("capabilities", "none"), fact("seccomp", "no filter")],
        here: vec![
            probe("toy internet", "fetch, read, keys, every scene and lesson", yes(), None),
            probe("raw socket", raw, no(capability), Some(ways[0])),
            probe("lab", "lab shell, lab run, every lesson with --wire, without root", yes(), None),
        ],
        in_lab: vec![
            probe("raw socket", raw, yes(), None),
            probe(
                "TUN device",
                "the TUN link, relay --tun",
                no("/dev/net/tun has mode 0600: this user may not open it"),
                Some(ways[1]),
            ),
            probe("tbf", "tc's rate in a lab", Outcome::Unknown("tc was killed".to_owned()), None),
        ],
    }
}

#[test]
fn an_ordinary_user() {
    let drawn = views::doctor(&of_a_user(), false, &Style::default());
    assert_eq!(drawn, include_str!("doctor/user.txt"));
    assert!(drawn.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_machine_without_any_of_it() {
    let report = Report { in_lab: Vec::new(), ..of_a_user() };
    let drawn = views::doctor(&report, false, &Style::default());
    assert!(!drawn.contains("In a lab"), "{drawn}");
    let verdict = "fetch --net raw does not work here. The toy internet needs nothing: barewire.";
    assert!(drawn.contains(verdict), "{drawn}");
    let mut root = report;
    root.here[1].outcome = yes();
    assert!(views::doctor(&root, false, &Style::default()).contains("\nfetch --net raw works here.\n"));
}

#[test]
fn verbose_says_what_was_tried() {
    let drawn = views::doctor(&of_a_user(), true, &Style::default());
    let toy = "\
  yes  toy internet    fetch, read, keys, every scene and lesson
                       tried: it
                       it opens
";
    assert!(drawn.contains(toy), "{drawn}");
    assert_eq!(drawn.matches("tried: it\n").count(), 6, "{drawn}");
}

#[test]
fn programs_get_all_of_it() {
    let report = of_a_user().to_json();
    assert_eq!((&report["raw_works"], &report["raw_works_in_lab"]), (&false.into(), &true.into()));
    assert_eq!(report["facts"]["seccomp"], "no filter");
    assert_eq!(report["here"][1]["way"], "sudo setcap cap_net_raw+ep /home/joe/barewire");
    assert_eq!(report["here"][1]["outcome"], "closed");
    assert_eq!(report["in_lab"][2]["outcome"], "unknown");
}
