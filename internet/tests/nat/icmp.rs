//! RFC 5508, requirement by requirement, with the preset `rfc`.

use barewire_internet::nat::Config;

use crate::packets::{echo, error, udp};
use crate::world::lab;

const A: &str = "192.168.1.42";
const B: &str = "192.168.1.43";
const S: &str = "203.0.113.80";
const T: &str = "203.0.113.81";
const NAT: &str = "203.0.113.5";

#[test]
fn rfc5508_req1_queries_pass_and_their_mapping_is_for_all_hosts() {
    let mut lab = lab(Config::rfc());
    assert!(
        lab.send("a", echo(A, S, false, 7)).starts_with("s: echo request 203.0.113.5 > 203.0.113.80 id ")
    );
    let id = lab.port();
    assert_eq!(lab.send("s", echo(S, NAT, true, id)), format!("a: echo reply {S} > {A} id 7"));
    assert_eq!(lab.send("a", echo(A, T, false, 7)), format!("t: echo request {NAT} > {T} id {id}"));
    assert_eq!(lab.send("t", echo(T, NAT, true, id)), format!("a: echo reply {T} > {A} id 7"));
    // An answer of a's is not a query, though it has the number of one.
    assert_eq!(lab.send("a", echo(A, S, true, 7)), "nothing");
    // Two hosts with one identifier are told apart.
    lab.send("b", echo(B, S, false, 7));
    let other = lab.port();
    assert_ne!(other, id);
    assert_eq!(lab.send("s", echo(S, NAT, true, other)), format!("b: echo reply {S} > {B} id 7"));
}

#[test]
fn rfc5508_req2_a_query_lives_sixty_seconds() {
    let mut lab = lab(Config::rfc());
    lab.send("a", echo(A, S, false, 7));
    let id = lab.port();
    lab.wait(59.0);
    assert_eq!(lab.send("s", echo(S, NAT, true, id)), format!("a: echo reply {S} > {A} id 7"));
    lab.wait(2.0);
    assert_eq!(lab.send("s", echo(S, NAT, true, id)), "nothing");
}

#[test]
fn rfc5508_req3_an_error_that_does_not_sum_up_is_dropped() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp("192.168.1.42:5000", "203.0.113.80:53"));
    let sent = lab.last[0].1.clone();
    let good = error(S, NAT, 3, 3, &sent);
    let mut broken = good.clone();
    // The last byte of what is quoted.
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(lab.send("s", broken), "nothing");
    // REQ-3a: the quoted header. The error itself sums up.
    let mut quoted = sent.clone();
    quoted[8] = 1;
    assert_eq!(lab.send("s", error(S, NAT, 3, 3, &quoted)), "nothing");
    // REQ-3c: the checksum of what the quoted packet carries is nobody's business.
    let mut quoted = sent;
    quoted[29] ^= 1;
    assert_eq!(lab.wires_told("s", &error(S, NAT, 3, 3, &quoted)), 1);
    assert!(lab.send("s", good).starts_with("a: error 3/3"));
}

#[test]
fn rfc5508_req3b_options_in_the_quoted_header() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp("192.168.1.42:5000", "203.0.113.80:53"));
    let port = lab.port();
    let sent = lab.last[0].1.clone();
    // Four bytes of options: no operation, thrice, and their end.
    let mut quoted = [&sent[..20], &[1, 1, 1, 0], &sent[20..]].concat();
    quoted[0] = 0x46;
    let length = (quoted.len() as u16).to_be_bytes();
    quoted[2..4].copy_from_slice(&length);
    quoted[10..12].fill(0);
    let sum = barewire_packet::checksum::checksum(&quoted[..24]);
    quoted[10..12].copy_from_slice(&sum.to_be_bytes());
    let mut wanted = quoted.clone();
    assert_eq!(lab.wires_told("s", &error(S, NAT, 3, 3, &quoted)), 1);
    let arrived = lab.last[0].1.clone();
    wanted[12..16].copy_from_slice(&[192, 168, 1, 42]);
    wanted[24..26].copy_from_slice(&5000_u16.to_be_bytes());
    assert_ne!(port, 5000);
    let same = |bytes: &[u8]| [&bytes[12..20], &bytes[20..28]].concat();
    assert_eq!(same(&arrived[28..]), same(&wanted));
    assert_eq!(barewire_packet::checksum::checksum(&arrived[20..]), 0, "the error sums up");
    assert_eq!(barewire_packet::checksum::checksum(&arrived[28..52]), 0, "the quoted header sums up");
}

#[test]
fn rfc5508_req4_errors_from_outside() {
    let mut lab = lab(Config::rfc());
    lab.send("a", echo(A, S, false, 7));
    let sent = lab.last[0].1.clone();
    let told = lab.send("t", error(T, NAT, 11, 0, &sent));
    assert_eq!(told, format!("a: error 11/0 {T} > {A} about echo request {A} > {S} id 7"));
    // Without a mapping: dropped.
    let stray = udp("203.0.113.5:9", "203.0.113.80:53");
    assert_eq!(lab.send("t", error(T, NAT, 11, 0, &stray)), "nothing");
}

#[test]
fn rfc5508_req5_errors_from_inside() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp("192.168.1.42:5000", "203.0.113.80:53"));
    let external = format!("203.0.113.5:{}", lab.port());
    lab.send("s", udp("203.0.113.80:53", &external));
    let came_in = lab.last[0].1.clone();
    // a has closed its socket. Also another inside host, a router, may say something of it.
    for (who, from) in [("a", A), ("c", "192.168.2.43")] {
        let told = lab.send(who, error(from, S, 3, 3, &came_in));
        assert_eq!(told, format!("s: error 3/3 {NAT} > {S} about UDP 203.0.113.80:53 > {external}"));
    }
    // The same of a packet from a peer that a has not sent to: the mapping is enough.
    lab.send("t", udp("203.0.113.81:53", &external));
    let came_in = lab.last[0].1.clone();
    let told = lab.send("a", error(A, T, 3, 3, &came_in));
    assert_eq!(told, format!("t: error 3/3 {NAT} > {T} about UDP 203.0.113.81:53 > {external}"));
    // Without a mapping: dropped.
    let stray = udp("203.0.113.80:53", "192.168.1.42:9");
    assert_eq!(lab.send("a", error(A, S, 3, 3, &stray)), "nothing");
}

#[test]
fn rfc5508_req6_an_error_neither_ends_nor_refreshes_a_query() {
    let mut lab = lab(Config::rfc());
    lab.send("a", echo(A, S, false, 7));
    let (id, sent) = (lab.port(), lab.last[0].1.clone());
    lab.wait(50.0);
    assert!(lab.send("t", error(T, NAT, 3, 1, &sent)).starts_with("a: error"));
    assert!(
        lab.send("s", echo(S, NAT, true, id)).starts_with("a: echo reply"),
        "the error ended the mapping"
    );
    lab.wait(11.0);
    assert_eq!(lab.send("s", echo(S, NAT, true, id)), "nothing", "the error refreshed the mapping");
}

#[test]
fn rfc5508_req7_errors_by_hairpin() {
    let mut lab = lab(Config::rfc());
    lab.send("a", udp("192.168.1.42:5000", "203.0.113.80:53"));
    let a = format!("203.0.113.5:{}", lab.port());
    lab.send("b", udp("192.168.1.43:6000", "203.0.113.80:53"));
    let b = format!("203.0.113.5:{}", lab.port());
    lab.send("a", udp("192.168.1.42:5000", &b));
    let came_in = lab.last[0].1.clone();
    let told = lab.send("b", error(B, NAT, 3, 3, &came_in));
    assert_eq!(told, format!("a: error 3/3 {NAT} > {A} about UDP 192.168.1.42:5000 > {b}"));
    assert_ne!(a, b);
}

#[test]
fn rfc5508_req10_the_nat_answers_echo_requests_itself() {
    let mut lab = lab(Config::rfc());
    // Even when an inside host has a query of the same number under way.
    lab.send("a", echo(A, S, false, 7));
    let id = lab.port();
    assert_eq!(lab.send("s", echo(S, NAT, false, id)), format!("s: echo reply {NAT} > {S} id {id}"));
    assert_eq!(
        lab.send("a", echo(A, "192.168.1.1", false, 9)),
        format!("a: echo reply 192.168.1.1 > {A} id 9")
    );
    assert_eq!(lab.send("a", echo(A, NAT, false, 9)), format!("a: echo reply {NAT} > {A} id 9"));
}
