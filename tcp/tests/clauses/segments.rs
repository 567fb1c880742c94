//! What is put into a segment: as much as fits (RFC 9293 §3.7.1), and not too little (§3.7.4, §3.9.1.2).

use std::time::Instant;

use barewire_tcp::options::Options;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Connection, Open, Segment, SeqNumber};

use crate::common::script::*;

/// §3.7.4: with Nagle's algorithm a small segment waits while another is out.
#[test]
fn s3_7_4_nagle() {
    for (nagle, second) in [(true, false), (false, true)] {
        let mut s = Script::established(Config { nagle, ..plain() });
        s.writes(10);
        s.sends(PA, 1, Some(1), 10);
        s.writes(10);
        if second {
            s.sends(PA, 11, Some(1), 10);
        } else {
            s.silent();
            s.arrives(A, 1, 11, b"");
            s.sends(PA, 11, Some(1), 10);
        }
        // MUST-17: it can be changed for a connection.
        s.c.set_nagle(!nagle);
        s.arrives(A, 1, 21, b"");
        s.writes(10);
        s.sends(PA, 21, Some(1), 10);
        s.writes(10);
        if nagle {
            s.sends(PA, 31, Some(1), 10);
        } else {
            s.silent();
        }
    }
}

#[test]
fn s3_7_1_without_an_mss_option_536() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.writes(1000);
    s.sends(A, 1, Some(1), 536);
    s.sends(PA, 537, Some(1), 464);
}

/// MUST-15, over IPv6.
#[test]
fn s3_7_1_without_an_mss_option_1220() {
    let (now, iss, theirs) = (Instant::now(), SeqNumber(1), SeqNumber(900));
    let [local, remote] = ["[2001:db8::2]:40000", "[2001:db8:1::50]:80"].map(|end| end.parse().unwrap());
    let open = Open { config: plain(), local, remote, iss, timestamp_offset: 0 };
    let mut c = Connection::connect(now, open);
    let sent = |c: &mut Connection| -> Option<(Options, usize)> {
        let packet = c.transmit(now)?.packet;
        let Payload::Tcp(segment) = Packet::parse(&packet).unwrap().payload else { panic!("TCP") };
        Some((segment.options, segment.payload.len()))
    };
    assert_eq!(sent(&mut c).unwrap().0.maximum_segment_size, Some(1440));
    let syn_ack =
        Segment { seq: theirs, ack: iss + 1, flags: SA, window: 9000, ..Segment::empty(80, 40_000) };
    c.receive(now, &syn_ack);
    c.write(&[0; 2000]).unwrap();
    let lengths: Vec<usize> = std::iter::from_fn(|| sent(&mut c)).map(|(_, length)| length).collect();
    assert_eq!(lengths, [1220, 780]);
}

/// MUST-16: a segment is not larger than the peer takes, and not larger than our link carries.
#[test]
fn s3_7_1_the_smaller_of_both_sizes_counts() {
    for (mtu, theirs, size) in [(1500, 9000, 1460), (1500, 700, 700), (576, 9000, 536)] {
        let mut s = Script::connecting(Config { mtu, ..plain() });
        s.sends(S, 0, None, 0);
        s.options.maximum_segment_size = Some(theirs);
        s.arrives(SA, 0, 1, b"");
        s.options = Options::default();
        s.writes(2000);
        s.sends(A, 1, Some(1), size);
    }
}

/// §3.9.1.2, SHLD-27, SHLD-28 and MUST-61: where segments begin and end does not depend on the calls. The last has PSH.
#[test]
fn s3_9_1_2_what_was_written_in_pieces_is_sent_in_full_segments() {
    let mut s = Script::established(plain());
    for _ in 0..5 {
        s.writes(500);
    }
    s.sends(A, 1, Some(1), 1000);
    s.sends(A, 1001, Some(1), 1000);
    s.sends(PA, 2001, Some(1), 500);
    s.silent();
}
