//! The cases of `linux.rs`, the table of the docs, and random segments, with Linux itself.

use barewire_internet::nat::{Config, Timers};

use crate::lab::{Lab, Wires};
use crate::linux::{Case, cases};
use crate::namespace::{Linux, can_run};
use crate::packets::tcp;
use crate::table::{ROWS, seen};
use crate::timers::TIMERS;
use crate::world::lab;

#[test]
fn linux_does_what_the_cases_say() {
    if !can_run() {
        return;
    }
    // Most of the time is waiting for timers, so all cases wait at the same time.
    let results: Vec<(&str, Vec<String>, &[&str])> = std::thread::scope(|scope| {
        let run = |case: &'static Case| {
            let mut lab: Lab<dyn Wires> = Lab { last: Vec::new(), wires: Box::new(Linux::new(case)) };
            (case.name, (case.run)(&mut lab), case.wanted)
        };
        let threads: Vec<_> = cases().map(|case| scope.spawn(move || run(case))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a case")).collect()
    });
    for (name, told, wanted) in results {
        assert_eq!(told, wanted, "{name}");
    }
}

/// A number below `most`: xorshift64.
fn below(dice: &mut u64, most: usize) -> usize {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    (*dice % most as u64) as usize
}

/// Segments at random, from both ends: after each of them Linux and our NAT must have passed it on alike, and must say
/// that the connection stands in the same state. Windows do not count here (`tcp_be_liberal`).
#[test]
fn tcp_states_are_those_of_linux_after_any_segments() {
    if !can_run() {
        return;
    }
    let (sysctls, rules) = (&["tcp_be_liberal=1"], "");
    let case = Case { name: "walk", sysctls, rules, ours: |_| {}, run: |_| Vec::new(), wanted: &[] };
    let mut theirs: Lab<dyn Wires> = Lab { last: Vec::new(), wires: Box::new(Linux::new(&case)) };
    let mut dice = 0x1234_5678_9abc_def0;
    for port in 20_000..20_060 {
        let mut ours: Lab<dyn Wires> = Lab { last: Vec::new(), wires: lab(Config::linux()).wires };
        let (client, external) = (format!("192.168.1.42:{port}"), format!("203.0.113.5:{port}"));
        let (server, mut history) = ("203.0.113.80:80", String::new());
        for step in 0..12 {
            let flags = if step == 0 { "S" } else { ["S", "SA", "A", "A", "FA", "R"][below(&mut dice, 6)] };
            let from_client = step == 0 || below(&mut dice, 2) == 0;
            let acknowledged = if flags == "S" { 0 } else { 1 };
            let data = u32::from(!flags.contains('S'));
            let (who, packet) = if from_client {
                ("a", tcp(&client, server, flags, (1000 + data, 5001 * acknowledged), b""))
            } else {
                ("s", tcp(server, &external, flags, (5000 + data, 1001 * acknowledged), b""))
            };
            history += &format!(" {who}:{flags}");
            assert_eq!(ours.send(who, packet.clone()), theirs.send(who, packet), "after{history}");
            let states = ours.wires.states();
            assert_eq!(states, theirs.wires.states(), "after{history}");
            if states.is_empty() {
                break;
            }
        }
        theirs.wires.forget();
    }
}

#[test]
fn linux_does_what_the_table_says() {
    if !can_run() {
        return;
    }
    let (sysctls, rules) = (&[], "");
    let plain: &Case =
        &Case { name: "table", sysctls, rules, ours: |_| {}, run: |_| Vec::new(), wanted: &[] };
    std::thread::scope(|scope| {
        for row in ROWS {
            scope.spawn(move || {
                let mut theirs: Lab<dyn Wires> = Lab { last: Vec::new(), wires: Box::new(Linux::new(plain)) };
                assert_eq!((row.probe)(&mut theirs), seen(row, Config::linux()), "{}", row.rule);
            });
        }
    });
    let fresh = Linux::new(plain);
    for timer in TIMERS {
        let said = fresh.must(&["sysctl", "-n", &format!("net.netfilter.nf_conntrack_{}", timer.sysctl)]);
        assert_eq!(said.trim(), (timer.of)(&Timers::linux()).as_secs().to_string(), "{}", timer.sysctl);
    }
}
