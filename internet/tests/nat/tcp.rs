//! RFC 5382, requirement by requirement, with the preset `rfc`.

use barewire_internet::nat::{Config, Filtering, Invalid};

use crate::lab::Lab;
use crate::packets::{error, tcp};
use crate::world::{Ours, lab};

const A: &str = "192.168.1.42:52341";
const S: &str = "203.0.113.80:80";
const T: &str = "203.0.113.81:80";

fn external(port: u16) -> String {
    format!("203.0.113.5:{port}")
}

/// a opens a connection to s. Gives the external socket.
fn connected(lab: &mut Lab<Ours>) -> String {
    lab.send("a", tcp(A, S, "S", (1000, 0), b""));
    let external = external(lab.port());
    assert_eq!(lab.send("s", tcp(S, &external, "SA", (5000, 1001), b"")), format!("a: TCP {S} > {A} SA"));
    assert_eq!(lab.send("a", tcp(A, S, "A", (1001, 5001), b"")), format!("s: TCP {external} > {S} A"));
    external
}

#[test]
fn rfc5382_req1_one_external_port_for_all_peers() {
    let mut lab = lab(Config::rfc());
    let external = connected(&mut lab);
    assert_eq!(lab.send("a", tcp(A, T, "S", (1, 0), b"")), format!("t: TCP {external} > {T} S"));
}

#[test]
fn rfc5382_req2a_simultaneous_open() {
    let mut lab = lab(Config::rfc());
    lab.send("a", tcp(A, S, "S", (1000, 0), b""));
    let external = external(lab.port());
    assert_eq!(lab.send("s", tcp(S, &external, "S", (5000, 0), b"")), format!("a: TCP {S} > {A} S"));
    assert_eq!(lab.send("a", tcp(A, S, "SA", (1000, 5001), b"")), format!("s: TCP {external} > {S} SA"));
    assert_eq!(lab.send("s", tcp(S, &external, "SA", (5000, 1001), b"")), format!("a: TCP {S} > {A} SA"));
    assert_eq!(lab.send("a", tcp(A, S, "A", (1001, 5001), b"")), format!("s: TCP {external} > {S} A"));
    lab.wait(7000.0);
    assert_eq!(lab.send("s", tcp(S, &external, "A", (5001, 1001), b"")), format!("a: TCP {S} > {A} A"));
}

#[test]
fn rfc5382_req2_a_connection_from_outside() {
    let mut lab = lab(Config::rfc());
    let external = connected(&mut lab);
    assert_eq!(lab.send("t", tcp(T, &external, "S", (9, 0), b"")), format!("a: TCP {T} > {A} S"));
    assert_eq!(lab.send("a", tcp(A, T, "SA", (70, 10), b"")), format!("t: TCP {external} > {T} SA"));
    assert_eq!(lab.send("t", tcp(T, &external, "A", (10, 71), b"")), format!("a: TCP {T} > {A} A"));
    lab.wait(7000.0);
    assert_eq!(lab.send("a", tcp(A, T, "A", (71, 10), b"")), format!("t: TCP {external} > {T} A"));
}

#[test]
fn rfc5382_req3_filtering_in_three_kinds() {
    let through = |filtering| {
        let mut lab = lab(Config { filtering, ..Config::rfc() });
        let to = connected(&mut lab);
        [("s", "203.0.113.80:81"), ("t", T)].map(|(host, from)| {
            lab.send(host, tcp(from, &to, "S", (9, 0), b"")) == format!("a: TCP {from} > {A} S")
        })
    };
    assert_eq!(through(Filtering::EndpointIndependent), [true, true]);
    assert_eq!(through(Filtering::AddressDependent), [true, false]);
    assert_eq!(through(Filtering::AddressAndPortDependent), [false, false]);
}

#[test]
fn rfc5382_req4_an_unsolicited_syn_is_answered_after_six_seconds() {
    let mut lab = lab(Config::rfc());
    assert_eq!(lab.send("s", tcp(S, &external(40001), "S", (9, 0), b"")), "nothing");
    // Sent again, it is still one SYN.
    lab.wait(1.0);
    assert_eq!(lab.send("s", tcp(S, &external(40001), "S", (9, 0), b"")), "nothing");
    assert_eq!(lab.wait(4.9), "nothing");
    let told = lab.wait(0.2);
    assert_eq!(
        told,
        "s: error 3/3 203.0.113.5 > 203.0.113.80 about TCP 203.0.113.80:80 > 203.0.113.5:40001 S"
    );
    assert_eq!(lab.wait(20.0), "nothing");
}

#[test]
fn rfc5382_req4_but_not_when_a_syn_from_inside_crosses_it() {
    let mut lab = lab(Config { filtering: Filtering::AddressDependent, ..Config::rfc() });
    let external = connected(&mut lab);
    assert_eq!(lab.send("t", tcp(T, &external, "S", (9, 0), b"")), "nothing");
    lab.wait(3.0);
    assert_eq!(lab.send("a", tcp(A, T, "S", (70, 0), b"")), format!("t: TCP {external} > {T} S"));
    assert_eq!(lab.wait(60.0), "nothing");
    // The peer sends it again, and now it passes.
    assert_eq!(lab.send("t", tcp(T, &external, "S", (9, 0), b"")), format!("a: TCP {T} > {A} S"));
}

#[test]
fn rfc5382_req5_an_established_connection_lives_two_hours_and_four_minutes() {
    let mut lab = lab(Config::rfc());
    let external = connected(&mut lab);
    lab.wait(7439.0);
    assert_eq!(lab.send("s", tcp(S, &external, "A", (5001, 1001), b"x")), format!("a: TCP {S} > {A} A"));
    lab.wait(7441.0);
    assert_eq!(lab.send("s", tcp(S, &external, "A", (5001, 1001), b"x")), "nothing");
    assert_eq!(lab.send("a", tcp(A, S, "A", (1001, 5001), b"")), "nothing");
}

#[test]
fn rfc5382_req5_a_transitory_one_lives_four_minutes() {
    // Half-open: the peer's answer comes after 239 s, or after 241.
    let half_open = |seconds: f64| {
        let mut lab = lab(Config::rfc());
        lab.send("a", tcp(A, S, "S", (1000, 0), b""));
        let external = external(lab.port());
        lab.wait(seconds);
        lab.send("s", tcp(S, &external, "SA", (5000, 1001), b""))
    };
    assert_eq!(half_open(239.0), format!("a: TCP {S} > {A} SA"));
    assert_eq!(half_open(241.0), "nothing");
    // Closing: after a FIN of one side, or of both.
    let closing = |seconds: f64, fins: &[&str]| {
        let mut lab = lab(Config::rfc());
        let external = connected(&mut lab);
        for who in fins {
            match *who {
                "a" => lab.send("a", tcp(A, S, "FA", (1001, 5001), b"")),
                _ => lab.send("s", tcp(S, &external, "FA", (5001, 1002), b"")),
            };
        }
        lab.wait(seconds);
        lab.send("s", tcp(S, &external, "A", (5001, 1002), b""))
    };
    for fins in [&["a"][..], &["s"], &["a", "s"]] {
        assert_eq!(closing(239.0, fins), format!("a: TCP {S} > {A} A"), "{fins:?}");
        assert_eq!(closing(241.0, fins), "nothing", "{fins:?}");
    }
}

#[test]
fn rfc5382_req8_hairpin_shows_the_external_source() {
    let mut lab = lab(Config::rfc());
    let a = connected(&mut lab);
    let b = "192.168.1.43:6000";
    let told = lab.send("b", tcp(b, &a, "S", (9, 0), b""));
    let shows_as = external(lab.port());
    assert_eq!(told, format!("a: TCP {shows_as} > {A} S"));
    assert_eq!(lab.send("a", tcp(A, &shows_as, "SA", (1, 10), b"")), format!("b: TCP {a} > {b} SA"));
    assert_eq!(lab.send("b", tcp(b, &a, "A", (10, 2), b"")), format!("a: TCP {shows_as} > {A} A"));
}

#[test]
fn rfc5382_req9_and_req10_an_icmp_error_passes_and_ends_nothing() {
    let mut lab = lab(Config::rfc());
    let external = connected(&mut lab);
    let sent = lab.last[0].1.clone();
    let told = lab.send("t", error("203.0.113.81", "203.0.113.5", 3, 1, &sent));
    assert_eq!(told, format!("a: error 3/1 203.0.113.81 > 192.168.1.42 about TCP {A} > {S} A"));
    assert_eq!(lab.send("s", tcp(S, &external, "A", (5001, 1001), b"")), format!("a: TCP {S} > {A} A"));
}

#[test]
fn a_segment_without_a_mapping_is_dropped_or_reset_as_configured() {
    let strays = |invalid| {
        let mut lab = lab(Config { invalid, ..Config::rfc() });
        ["A", "FA", "SA"].map(|flags| lab.send("a", tcp(A, S, flags, (1000, 5000), b"")))
    };
    assert_eq!(strays(Invalid::Drop), ["nothing"; 3]);
    let reset = format!("a: TCP {S} > {A} R");
    assert_eq!(strays(Invalid::Reset), [&reset[..], &reset, &reset]);
    assert_eq!(strays(Invalid::Untranslated)[0], format!("s: TCP {A} > {S} A"));
}

#[test]
fn a_reset_ends_a_connection() {
    let mut lab = lab(Config::rfc());
    let external = connected(&mut lab);
    assert_eq!(lab.send("s", tcp(S, &external, "R", (5001, 0), b"")), format!("a: TCP {S} > {A} R"));
    assert!(lab.sessions()[0].ends_with("TCP CLOSE 239 s"), "{:?}", lab.sessions());
    // One that is refused at once is forgotten at once.
    let mut lab = crate::world::lab(Config::rfc());
    lab.send("a", tcp(A, S, "S", (1000, 0), b""));
    let external = self::external(lab.port());
    assert_eq!(lab.send("s", tcp(S, &external, "RA", (0, 1001), b"")), format!("a: TCP {S} > {A} RA"));
    assert_eq!(lab.sessions(), [""; 0]);
}

/// By who, which flags, and where the connection stands after that: in conntrack's words.
fn walk(steps: &[(&str, &str, &str)]) {
    let mut lab = lab(Config::rfc());
    lab.send("a", tcp(A, S, "S", (1000, 0), b""));
    let external = external(lab.port());
    for (who, flags, after) in steps {
        match *who {
            "a" => lab.send("a", tcp(A, S, flags, (1001, 5001), b"")),
            _ => lab.send("s", tcp(S, &external, flags, (5001, 1001), b"")),
        };
        let stands = lab.sessions()[0].split(' ').nth(4).unwrap().to_owned();
        assert_eq!(stands, *after, "after {flags} from {who} in {steps:?}");
    }
}

#[test]
fn the_states_of_a_connection() {
    let (syn, open) = (("s", "SA", "SYN_RECV"), ("a", "A", "ESTABLISHED"));
    let closed_by_client = [
        ("a", "FA", "FIN_WAIT"),
        ("s", "A", "CLOSE_WAIT"),
        ("s", "FA", "LAST_ACK"),
        ("a", "A", "TIME_WAIT"),
        ("a", "S", "SYN_SENT"),
    ];
    let closed_by_server =
        [("s", "FA", "FIN_WAIT"), ("a", "FA", "LAST_ACK"), ("s", "A", "TIME_WAIT"), ("a", "A", "TIME_WAIT")];
    walk(&[&[syn, open][..], &closed_by_client].concat());
    walk(&[&[syn, open][..], &closed_by_server].concat());
    walk(&[syn, open, ("a", "R", "CLOSE"), ("s", "A", "CLOSE"), ("a", "S", "CLOSE")]);
}
