//! How long a server is waited for, and which one is asked next.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_dns::stub::{Config, Ignored, Protocol};

use crate::scene::{A, B, SEED, Scene, addr, asked, good};

#[test]
fn silence_is_met_with_the_same_question_at_growing_intervals() {
    let mut scene = Scene::new(&[A]);
    let first = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let second = scene.sends(A, Protocol::Udp, "retransmission 1: no answer after 1.0 s");
    assert_eq!((&first.bytes, first.source_port), (&second.bytes, second.source_port));
    scene.wakes_at(3.0);
    scene.sends(A, Protocol::Udp, "retransmission 2: no answer after 2.0 s");
    scene.wakes_at(5.0);
    let error = scene.fails();
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "nobody answered A? www.example.test within 5.0 s (RFC 1035 §4.2.1): 192.0.2.53:53 gave no answer after 2.0 s"
    );
    scene.is_silent();
}

#[test]
fn a_deadline_handled_early_changes_nothing() {
    let mut scene = Scene::new(&[A]);
    scene.sends(A, Protocol::Udp, "");
    scene.now += Duration::from_millis(999);
    scene.query.on_deadline(scene.now);
    scene.is_silent();
    scene.wakes_at(1.0);
}

#[test]
fn a_late_reply_is_still_the_reply() {
    let mut scene = Scene::new(&[A, B]);
    let to_a = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let to_b = scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 gave no answer after 1.0 s");
    assert_ne!(asked(&to_a).header.id, asked(&to_b).header.id, "a new ID for a new server");
    assert_ne!(to_a.source_port, to_b.source_port, "and a new port");

    // B answers with the ID of the question to A: that is ignored.
    scene.receives(Protocol::Udp, B, &good(&to_a));
    assert!(matches!(scene.ignores(), Ignored::WrongId { .. }));
    scene.receives(Protocol::Udp, A, &good(&to_a));
    scene.answers("203.0.113.80");
}

#[test]
fn after_the_end_nothing_happens() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.query.unreachable(scene.now, Protocol::Udp, addr(A), "late".into());
    scene.query.on_deadline(scene.start + Duration::from_secs(60));
    assert_eq!(scene.events(), []);
    scene.is_silent();
}

#[test]
fn silence_over_tcp_takes_three_seconds() {
    let mut scene = Scene::with(&[A], Config { tcp_only: true, ..Config::default() }, SEED);
    scene.sends(A, Protocol::Tcp, "");
    scene.wakes_at(3.0);
    scene.sends(A, Protocol::Tcp, "retransmission 1: no answer after 3.0 s");
    scene.wakes_at(5.0);
    assert!(scene.fails().is_timeout());
}

/// The question was sent over UDP before; over TCP this is the first time that it is sent again.
#[test]
fn retransmissions_over_tcp_are_counted_anew() {
    let mut scene = Scene::new(&[A]);
    let mut cut = good(&scene.sends(A, Protocol::Udp, ""));
    cut.header.tc = true;
    scene.receives(Protocol::Udp, A, &cut);
    scene.sends(A, Protocol::Tcp, "over TCP: the answer did not fit a UDP message (RFC 7766 §5)");
    // The same reply a second time. That server was asked, so that is not what is wrong with it.
    scene.receives(Protocol::Udp, A, &cut);
    assert!(scene.ignores().to_string().starts_with("no answer is awaited from there over this protocol;"));
    scene.wakes_at(3.0);
    scene.sends(A, Protocol::Tcp, "retransmission 1: no answer after 3.0 s");
}

#[test]
fn a_dead_first_server_costs_one_wait() {
    let mut scene = Scene::new(&[A, B]);
    scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let sent = scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 gave no answer after 1.0 s");
    scene.receives(Protocol::Udp, B, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn an_unreachable_first_server_costs_nothing() {
    let mut scene = Scene::new(&[A, B]);
    scene.sends(A, Protocol::Udp, "");
    scene.query.unreachable(scene.now, Protocol::Udp, addr(A), "connection refused".into());
    let note = "next server: 192.0.2.53:53 cannot be reached: connection refused";
    let sent = scene.sends(B, Protocol::Udp, note);
    scene.receives(Protocol::Udp, B, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn all_servers_silent_is_five_seconds_in_all() {
    for servers in [&[A][..], &[A, B], &[A, B, "192.0.2.55:53"], &["[2001:db8::53]:53", A, B]] {
        let mut scene = Scene::new(servers);
        let mut sent = 0;
        while let Some(deadline) = scene.query.deadline() {
            while let Some(transmit) = scene.query.transmit(scene.now) {
                scene.step(format!("sends to {} {}", transmit.to, transmit.note));
                sent += 1;
            }
            let deadline = scene.query.deadline().unwrap_or(deadline);
            scene.now = deadline;
            scene.query.on_deadline(deadline);
        }
        assert_eq!(scene.now - scene.start, Duration::from_secs(5), "{}", scene.steps.join("\n"));
        assert!((3..=6).contains(&sent), "{sent} sent:\n{}", scene.steps.join("\n"));
        assert!(scene.fails().is_timeout());
    }
}

/// resolv.conf(5), "rotate": each server is the first one now and then.
#[test]
fn rotation_begins_anywhere() {
    let config = Config { rotate: true, ..Config::default() };
    let first: std::collections::HashSet<SocketAddr> = (0..40)
        .filter_map(|seed| {
            let mut scene = Scene::with(&[A, B, "192.0.2.55:53"], config.clone(), seed);
            Some(scene.query.transmit(scene.now)?.to)
        })
        .collect();
    assert_eq!(first.len(), 3, "{first:?}");
}
