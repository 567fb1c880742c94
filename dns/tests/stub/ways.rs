//! Changes of the way in which one server is asked: TCP, and without EDNS.

use barewire_dns::Rcode;
use barewire_dns::stub::{Config, Ending, Error, Protocol};

use crate::scene::{A, B, SEED, Scene, addr, asked, good, with_rcode};

#[test]
fn a_truncated_answer_is_fetched_over_tcp() {
    let mut scene = Scene::new(&[A]);
    let udp = scene.sends(A, Protocol::Udp, "");
    let mut cut = good(&udp);
    cut.header.tc = true;
    // What follows the question may be cut anywhere.
    let mut bytes = cut.encode().unwrap();
    bytes.truncate(bytes.len() - 13);
    scene.query.receive(scene.now, Protocol::Udp, addr(A), &bytes);
    let note = "over TCP: the answer did not fit a UDP message (RFC 7766 §5)";
    let tcp = scene.sends(A, Protocol::Tcp, note);
    assert_ne!(asked(&udp).header.id, asked(&tcp).header.id);
    scene.receives(Protocol::Tcp, A, &good(&tcp));
    scene.answers("203.0.113.80");
}

#[test]
fn truncated_over_tcp_too_is_the_servers_fault() {
    let mut scene = Scene::new(&[A]);
    let udp = scene.sends(A, Protocol::Udp, "");
    let mut cut = good(&udp);
    cut.header.tc = true;
    scene.receives(Protocol::Udp, A, &cut);
    let tcp = scene.sends(A, Protocol::Tcp, "over TCP: the answer did not fit a UDP message (RFC 7766 §5)");
    cut.header.id = asked(&tcp).header.id;
    scene.receives(Protocol::Tcp, A, &cut);
    let error = scene.fails();
    assert!(
        matches!(&error, Error::ServersFailed { servers, .. } if servers[0].how == Ending::TruncatedOverTcp),
        "{error}"
    );
}

#[test]
fn a_server_without_edns_is_asked_again_without() {
    for rcode in [Rcode::FORMERR, Rcode::NOTIMP] {
        let mut scene = Scene::new(&[A]);
        let sent = scene.sends(A, Protocol::Udp, "");
        // RFC 6891 §7; such a server may not even repeat the question.
        let mut reply = with_rcode(&sent, rcode);
        reply.questions.clear();
        reply.additionals.clear();
        scene.receives(Protocol::Udp, A, &reply);
        let note = format!("without EDNS: the server answered {rcode} (RFC 6891 §7)");
        let again = scene.sends(A, Protocol::Udp, &note);
        assert_eq!(asked(&again).edns, None);
        assert_ne!(asked(&again).header.id, asked(&sent).header.id);
        scene.receives(Protocol::Udp, A, &good(&again));
        scene.answers("203.0.113.80");
    }
}

#[test]
fn formerr_without_edns_is_final() {
    let mut scene = Scene::with(&[A], Config { edns_udp_size: None, ..Config::default() }, SEED);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &with_rcode(&sent, Rcode::FORMERR));
    assert!(matches!(scene.fails(), Error::ServersFailed { .. }));
}

/// A late TC of the first server moves the lookup back to it, over TCP. The second is asked again, not forgotten.
#[test]
fn a_late_truncated_reply_goes_to_tcp_and_back() {
    let mut scene = Scene::new(&[A, B]);
    let to_a = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let to_b = scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 gave no answer after 1.0 s");
    let mut cut = good(&to_a);
    cut.header.tc = true;
    scene.receives(Protocol::Udp, A, &cut);
    scene.sends(A, Protocol::Tcp, "over TCP: the answer did not fit a UDP message (RFC 7766 §5)");
    scene.query.unreachable(scene.now, Protocol::Tcp, addr(A), "connection refused".into());
    let again =
        scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 cannot be reached: connection refused");
    assert_eq!((&again.bytes, again.source_port), (&to_b.bytes, to_b.source_port));
    scene.wakes_at(3.0);
    scene.sends(B, Protocol::Udp, "retransmission 2: no answer after 2.0 s");
    scene.receives(Protocol::Udp, B, &good(&again));
    scene.answers("203.0.113.80");
}
