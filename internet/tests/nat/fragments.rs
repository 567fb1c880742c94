//! Fragments through the NAT (RFC 4787 REQ-14), with the preset `rfc`.

use barewire_internet::nat::Config;
use barewire_packet::build::{datagram, fragments};

use crate::packets::udp;
use crate::world::lab;

const A: &str = "192.168.1.42:52341";
const S: &str = "203.0.113.80:53";

fn external(port: u16) -> String {
    format!("203.0.113.5:{port}")
}

#[test]
fn rfc4787_req14_fragments_follow_their_first() {
    let mut lab = lab(Config::rfc());
    let whole = datagram(A, S, &[0x5a; 100]);
    let pieces = fragments(&whole, 77, 64);
    assert!(lab.send("a", pieces[0].clone()).starts_with("s: UDP 203.0.113.5:"));
    let port = lab.port();
    let first = lab.last[0].1.clone();
    assert_eq!(lab.send("a", pieces[1].clone()), "s: later fragment 203.0.113.5 > 203.0.113.80");
    let second = lab.last[0].1.clone();
    // Put together they are the datagram that the external socket would have sent.
    let together = [&first[20..], &second[20..]].concat();
    assert_eq!(together, datagram(&external(port), S, &[0x5a; 100])[20..]);
    // And back.
    let pieces = fragments(&datagram(S, &external(port), &[0x5b; 100]), 78, 64);
    assert_eq!(lab.send("s", pieces[0].clone()), format!("a: UDP {S} > {A}"));
    assert_eq!(lab.send("s", pieces[1].clone()), "a: later fragment 203.0.113.80 > 192.168.1.42");
}

#[test]
fn rfc4787_req14_fragments_out_of_order() {
    let mut lab = lab(Config::rfc());
    let whole = datagram(A, S, &[0x5a; 150]);
    let pieces = fragments(&whole, 77, 64);
    assert_eq!(lab.send("a", pieces[2].clone()), "nothing");
    assert_eq!(lab.send("a", pieces[1].clone()), "nothing");
    lab.send("a", pieces[0].clone());
    let port = lab.port();
    let [first, third, second] = [0, 1, 2].map(|at| lab.last[at].1.clone());
    assert_eq!(lab.last.len(), 3);
    let together = [&first[20..], &second[20..], &third[20..]].concat();
    assert_eq!(together, datagram(&external(port), S, &[0x5a; 150])[20..]);
    // And back. Each has passed one router.
    let pieces = fragments(&datagram(S, &external(port), &[0x5b; 100]), 78, 64);
    assert_eq!(lab.send("s", pieces[1].clone()), "nothing");
    let told = lab.send("s", pieces[0].clone());
    assert_eq!(told, format!("a: UDP {S} > {A} and a: later fragment 203.0.113.80 > 192.168.1.42"));
    assert_eq!([lab.last[0].1[8], lab.last[1].1[8]], [63, 63]);
}

#[test]
fn rfc4787_req14a_fragments_are_kept_within_bounds() {
    let mut lab = lab(Config::rfc());
    let pieces = |identification| fragments(&datagram(A, S, &[0x5a; 100]), identification, 64);
    // A first piece is remembered for 30 s, and a later one waits for 30 s.
    lab.send("a", pieces(1)[0].clone());
    lab.send("a", pieces(2)[1].clone());
    lab.wait(31.0);
    assert!(lab.send("a", pieces(2)[0].clone()).starts_with("s: UDP"));
    assert_eq!(lab.last.len(), 1, "a piece 31 s before the first");
    assert_eq!(lab.send("a", pieces(1)[1].clone()), "nothing", "a piece 31 s after the first");
    // Pieces without a first one fill the room, and whole packets pass all the same.
    for identification in 100..1000 {
        assert_eq!(lab.send("a", pieces(identification)[1].clone()), "nothing");
    }
    assert!(lab.send("a", udp(A, S)).starts_with("s: UDP"));
    lab.send("a", pieces(100)[0].clone());
    assert_eq!(lab.last.len(), 2, "the oldest piece is there");
    lab.send("a", pieces(999)[0].clone());
    assert_eq!(lab.last.len(), 1, "the last one found no room");
    // First pieces make it forget the oldest first piece.
    lab.send("a", pieces(5000)[0].clone());
    for identification in 2000..2300 {
        lab.send("a", pieces(identification)[0].clone());
    }
    assert_eq!(lab.send("a", pieces(5000)[1].clone()), "nothing");
}
