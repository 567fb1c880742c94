//! What ICMP errors mean, beside what traceroute's manual says of its marks.

use barewire::probe::answer::Kind;
use barewire::probe::words::Meaning;
use barewire_packet::icmp::Version;

fn v4(kind: u8, code: u8) -> Kind {
    Kind { version: Version::V4, kind, code }
}

fn v6(kind: u8, code: u8) -> Kind {
    Kind { version: Version::V6, kind, code }
}

/// traceroute(8): "!H, !N, or !P (host, network or protocol unreachable), !S (source route failed), !F (fragmentation
/// needed), !X (communication administratively prohibited), !V (host precedence violation), !C (precedence cutoff in
/// effect), or !<num> (ICMP unreachable code <num>)".
#[test]
fn the_marks_of_traceroute() {
    for (kind, mark, name) in [
        (v4(3, 0), "!N", "net unreachable"),
        (v4(3, 1), "!H", "host unreachable"),
        (v4(3, 2), "!P", "protocol unreachable"),
        (v4(3, 4), "!F", "fragmentation needed"),
        (v4(3, 5), "!S", "source route failed"),
        (v4(3, 13), "!X", "communication administratively prohibited"),
        (v4(3, 14), "!V", "destination unreachable, code 14"),
        (v4(3, 15), "!C", "destination unreachable, code 15"),
        (v4(3, 3), "", "port unreachable"),
        (v4(11, 0), "", "time exceeded in transit"),
        (v4(3, 77), "!<3-77>", "destination unreachable, code 77"),
        (v6(1, 0), "!N", "no route to destination"),
        (v6(1, 1), "!X", "communication administratively prohibited"),
        (v6(1, 3), "!H", "address unreachable"),
        (v6(1, 4), "", "port unreachable"),
        (v6(2, 0), "!F", "packet too big"),
        (v6(3, 0), "", "time exceeded in transit"),
        (v6(100, 9), "!<100-9>", "type 100, code 9"),
    ] {
        assert_eq!((kind.mark().as_str(), kind.name().as_str()), (mark, name));
    }
}

/// RFC 1812 §5.2.7.1 and RFC 4443 §3.1: what is forbidden, and what is not there.
#[test]
fn forbidden_or_not_there() {
    for forbidden in [v4(3, 9), v4(3, 10), v4(3, 13), v6(1, 1), v6(1, 5), v6(1, 6)] {
        assert_eq!(forbidden.meaning(), Meaning::Forbidden, "{forbidden:?}");
    }
    for not_there in [v4(3, 0), v4(3, 1), v6(1, 0), v6(1, 3)] {
        assert_eq!(not_there.meaning(), Meaning::NoWay, "{not_there:?}");
    }
    for refused in [v4(3, 2), v4(3, 3), v6(1, 4), v6(4, 1)] {
        assert_eq!(refused.meaning(), Meaning::Refused, "{refused:?}");
    }
}
