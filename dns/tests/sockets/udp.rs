//! Questions over UDP.

use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
use std::time::{Duration, Instant};

use barewire_dns::Message;
use barewire_dns::driver::{Direction, Sockets, Transport, lookup, lookup_observed};
use barewire_dns::exchange;
use barewire_dns::stub::{Config, Event};

use crate::Seen;
use crate::peers::{LONG, query, reply, udp_server, udp_socket};

#[test]
fn udp_and_what_the_tap_sees() {
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    let mut seen = Seen::default();
    let answer =
        lookup(&mut query(vec![address], Config::default()), &mut Sockets::with_tap(&mut seen)).unwrap();
    assert_eq!(answer.addresses(), [Ipv4Addr::new(203, 0, 113, 80)]);
    server.join().unwrap();
    let [sent, received] = &seen.0[..] else { panic!("two messages, not {:?}", seen.0) };
    assert_eq!((sent.0, received.0), (Direction::Sent, Direction::Received));
    assert_eq!((sent.2, sent.3), (received.2, received.3));
    assert_eq!(sent.3, address);
    assert_eq!(sent.2.ip(), Ipv4Addr::LOCALHOST, "the real local address, not 0.0.0.0");
    assert_eq!(Message::parse(&received.4).unwrap().summary(), "A 203.0.113.80, ttl 300");
}

#[test]
fn the_wanted_source_port_is_used_or_else_another() {
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    let mut query = query(vec![address], Config::default());
    let transmit = query.transmit(Instant::now()).unwrap();
    let taken = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, transmit.source_port));
    let mut seen = Seen::default();
    let mut sockets = Sockets::with_tap(&mut seen);
    sockets.send(&transmit).unwrap();
    lookup(&mut query, &mut sockets).unwrap();
    server.join().unwrap();
    if taken.is_ok() {
        assert_ne!(seen.0[0].2.port(), transmit.source_port);
    }
}

#[test]
fn ipv6() {
    let Ok(socket) = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)) else {
        eprintln!("skipped: this host has no ::1");
        return;
    };
    let address = socket.local_addr().unwrap();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    lookup(&mut query(vec![address], Config::default()), &mut Sockets::new()).unwrap();
    server.join().unwrap();
}

#[test]
fn bad_replies_first_and_a_lost_query() {
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 2, |number, query| match number {
        0 => vec![],
        _ => vec![b"rubbish".to_vec(), reply(query, |reply| reply.header.id ^= 1), reply(query, |_| ())],
    });
    let mut events = Vec::new();
    let config = Config { first_wait: Duration::from_millis(100), ..Config::default() };
    lookup_observed(&mut query(vec![address], config), &mut Sockets::new(), &mut |event| {
        events.push(event.clone())
    })
    .unwrap();
    server.join().unwrap();
    assert!(
        matches!(
            events[..],
            [
                Event::Exchange(exchange::Event::Retransmit { number: 1, .. }),
                Event::Exchange(exchange::Event::Ignored { .. }),
                Event::Exchange(exchange::Event::Ignored { .. }),
                Event::Answer(_)
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn a_late_answer_of_the_first_server_counts() {
    let (slow, slow_address) = udp_socket();
    let (silent, silent_address) = udp_socket();
    slow.set_read_timeout(Some(LONG)).unwrap();
    let server = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        let (length, from) = slow.recv_from(&mut buffer).unwrap();
        // It answers when the second server has been asked.
        silent.set_read_timeout(Some(LONG)).unwrap();
        silent.recv_from(&mut [0; 2048]).unwrap();
        slow.send_to(&reply(&buffer[..length], |_| ()), from).unwrap();
    });
    let start = Instant::now();
    let mut query = query(vec![slow_address, silent_address], Config::default());
    let answer = lookup(&mut query, &mut Sockets::new()).unwrap();
    // It came 1 s after the start; the wait for the second server would have ended at 2 s.
    assert!(start.elapsed() < Duration::from_millis(1800), "{:?}", start.elapsed());
    assert_eq!(answer.server(), slow_address);
    server.join().unwrap();
}

/// Linux reports a closed UDP port on a connected socket at once; elsewhere it may stay silence.
#[test]
#[cfg(target_os = "linux")]
fn an_icmp_error_turns_to_the_next_server() {
    let refused = udp_socket().1;
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    let start = Instant::now();
    let mut query = query(vec![refused, address], Config::default());
    let mut notes = Vec::new();
    let mut observe = |event: &Event| notes.push(event.to_string());
    let answer = lookup_observed(&mut query, &mut Sockets::new(), &mut observe).unwrap();
    assert_eq!(answer.server(), address);
    assert!(start.elapsed() < Duration::from_secs(1), "no wait for the first: {:?}", start.elapsed());
    let why = "its host says that nobody listens on that port (ICMP, RFC 1122 §4.1.3.1)";
    assert_eq!(notes[0], format!("next server: {refused} cannot be reached: {why}"));
    server.join().unwrap();
}

/// Two questions go to one server, from two ports. A reply to the second comes to the port of the first, which is still
/// open. It is dropped, so a forger has to guess the right port.
#[test]
fn a_reply_to_the_port_of_another_question_is_dropped() {
    let (server, address) = udp_socket();
    server.set_read_timeout(Some(LONG)).unwrap();
    let mut sockets = Sockets::new();
    let send = |sockets: &mut Sockets<'_>| {
        let transmit = query(vec![address], Config::default()).transmit(Instant::now()).unwrap();
        sockets.send(&transmit).unwrap();
        let mut buffer = [0; 2048];
        let (length, from) = server.recv_from(&mut buffer).unwrap();
        (buffer[..length].to_vec(), from)
    };
    let (before, other_port) = send(&mut sockets);
    let (asked, port) = send(&mut sockets);
    assert!(before[..2] != asked[..2] && other_port != port, "they differ");
    let answer = reply(&asked, |_| ());
    let received = |sockets: &mut Sockets<'_>, wait| {
        sockets.receive(Instant::now() + Duration::from_millis(wait)).unwrap().map(|received| received.bytes)
    };
    server.send_to(&answer, other_port).unwrap();
    assert_eq!(received(&mut sockets, 200), None);
    server.send_to(&answer, port).unwrap();
    assert_eq!(received(&mut sockets, 5_000), Some(answer));
    let late = reply(&before, |_| ());
    server.send_to(&late, other_port).unwrap();
    assert_eq!(received(&mut sockets, 5_000), Some(late));
}
