//! DNS cookies (RFC 7873, RFC 9018), in virtual time. The bytes are those of RFC 9018 appendix A.1 and A.2.

use std::time::Instant;

use barewire_dns::exchange::{self, FORGOTTEN_AFTER};
use barewire_dns::stub::{Config, Cookie, Event, History, Ignored, Known, Protocol, TcpReason, Transmit};
use barewire_dns::{Edns, EdnsOption, Message, Rcode};

use crate::scene::{A, B, Scene, addr, asked, cname, good, with_rcode};

const CLIENT: [u8; 8] = [0x24, 0x64, 0xc4, 0xab, 0xcf, 0x10, 0xc9, 0x57];
const FIRST: [u8; 16] = *b"\x01\0\0\0\x5c\xf7\x9f\x11\x1f\x81\x30\xc3\xee\xe2\x94\x80";
const FRESH: [u8; 16] = *b"\x01\0\0\0\x5c\xf7\xa8\x71\xd4\xa5\x64\xa1\x44\x2a\xca\x77";

fn config() -> Config {
    Config { cookies: true, ..Config::default() }
}

/// What is known of A: RFC 9018's client cookie, and this one of the server.
fn history(now: Instant, server: &[u8]) -> History {
    let mut history = History::new();
    let cookie = Some(Cookie { client: CLIENT, server: server.to_vec() });
    history.remember(now, addr(A), Known { cookie, ..Known::default() });
    history
}

fn scene(server: &[u8]) -> Scene {
    let now = Instant::now();
    Scene::knowing(&[A], config(), now, &history(now, server))
}

/// What stands after the question: an OPT record with these options, as hexadecimal digits.
fn opt(sent: &Transmit) -> String {
    sent.bytes[34..].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A reply with these cookies.
fn with_cookie(mut reply: Message, client: [u8; 8], server: &[u8]) -> Message {
    let cookie = EdnsOption::Cookie { client, server: server.to_vec() };
    reply.edns.get_or_insert_with(|| Edns::new(1232)).options.push(cookie);
    reply
}

fn sent_cookie(sent: &Transmit) -> Option<Cookie> {
    let edns = asked(sent).edns?;
    edns.options.into_iter().find_map(|option| match option {
        EdnsOption::Cookie { client, server } => Some(Cookie { client, server }),
        _ => None,
    })
}

/// The name takes 18 bytes and the header 12; type and class 4: OPT begins at byte 34.
#[test]
fn the_servers_cookie_is_learned_and_sent_again() {
    let opt_head = "00002904d000000000";
    let mut first = scene(&[]);
    let sent = first.sends(A, Protocol::Udp, "");
    assert_eq!(opt(&sent), format!("{opt_head}000c000a00082464c4abcf10c957"));
    first.receives(Protocol::Udp, A, &with_cookie(good(&sent), CLIENT, &FIRST));
    first.answers("203.0.113.80");

    let mut second = Scene::knowing(&[A], config(), first.now, first.query.history());
    let sent = second.sends(A, Protocol::Udp, "");
    let both = "001c000a00182464c4abcf10c957010000005cf79f111f8130c3eee29480";
    assert_eq!(opt(&sent), format!("{opt_head}{both}"));
    second.receives(Protocol::Udp, A, &with_cookie(good(&sent), CLIENT, &FRESH));
    second.answers("203.0.113.80");

    let mut third = Scene::knowing(&[A], config(), second.now + FORGOTTEN_AFTER * 2, second.query.history());
    let both = "001c000a00182464c4abcf10c957010000005cf7a871d4a564a1442aca77";
    assert_eq!(opt(&third.sends(A, Protocol::Udp, "")), format!("{opt_head}{both}"));
    // Off, unless it is wanted.
    let now = second.now;
    let mut off = Scene::knowing(&[A], Config::default(), now, second.query.history());
    let sent = off.sends(A, Protocol::Udp, "");
    assert_eq!(opt(&sent), format!("{opt_head}0000"));
    off.receives(Protocol::Udp, A, &good(&sent));
    off.answers("203.0.113.80");
    assert!(off.query.history().of(now, addr(A)).cookie.is_some(), "it is kept for others");
}

/// RFC 9018 §3: "a client MUST use a different Client Cookie for each different Server IP address".
#[test]
fn each_server_has_a_cookie_of_its_own() {
    let mut scene = Scene::with(&[A, B], config(), 7);
    let to_a = sent_cookie(&scene.sends(A, Protocol::Udp, "")).unwrap();
    scene.query.unreachable(scene.now, Protocol::Udp, addr(A), "gone".into());
    let to_b = sent_cookie(&scene.query.transmit(scene.now).unwrap()).unwrap();
    assert!(to_a.client != to_b.client && to_a.server.is_empty() && to_b.server.is_empty());
    assert_ne!(to_a.client, [0; 8]);
    let other = sent_cookie(&Scene::with(&[A], config(), 8).sends(A, Protocol::Udp, "")).unwrap();
    assert_ne!(other.client, to_a.client, "it comes from the generator");
}

#[test]
fn a_wrong_cookie_is_ignored() {
    let mut scene = scene(&[]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let wrong = with_cookie(good(&sent), [1; 8], &FIRST);
    scene.receives(Protocol::Udp, A, &wrong);
    assert_eq!(scene.ignores().to_string(), "its cookie is not the query's; RFC 7873 §5.3 has it match");
    // Of several the first one counts.
    scene.receives(Protocol::Udp, A, &with_cookie(wrong, CLIENT, &FIRST));
    assert_eq!(scene.ignores(), Ignored::WrongCookie);
    let right = with_cookie(with_cookie(good(&sent), CLIENT, &FIRST), [1; 8], &FRESH);
    scene.receives(Protocol::Udp, A, &right);
    scene.answers("203.0.113.80");
    assert_eq!(scene.query.ignored(), 2);
    let known = scene.query.history().of(scene.now, addr(A));
    assert_eq!(known.cookie, Some(Cookie { client: CLIENT, server: FIRST.to_vec() }));
}

#[test]
fn a_reply_without_a_cookie_is_believed_of_a_server_without_cookies() {
    let mut scene = scene(&[]);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
    // RFC 9018 §3: the same one is not sent again.
    assert_eq!(scene.query.history().of(scene.now, addr(A)).cookie, None);
}

/// RFC 7873 §5.3. The true reply may still come, so the wait goes on.
#[test]
fn a_reply_without_a_cookie_is_ignored_of_a_server_that_sends_one() {
    for rcode in [Rcode::NOERROR, Rcode::NXDOMAIN, Rcode::REFUSED, Rcode::FORMERR] {
        let mut scene = scene(&FIRST);
        let sent = scene.sends(A, Protocol::Udp, "");
        scene.receives(Protocol::Udp, A, &with_rcode(&sent, rcode));
        assert_eq!(
            scene.ignores().to_string(),
            "it has no cookie, and this server sends one; RFC 7873 §5.3 has it discarded"
        );
        scene.receives(Protocol::Udp, A, &with_cookie(good(&sent), CLIENT, &FIRST));
        scene.answers("203.0.113.80");
    }
}

/// The server has changed, or somebody forges: after one wait TCP knows.
#[test]
fn a_server_that_lost_its_cookies_costs_one_wait() {
    let mut scene = scene(&FIRST);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.wakes_at(1.0);
    let note = "over TCP: the replies have no cookie, so they may be forged";
    let tcp = scene.sends(A, Protocol::Tcp, note);
    scene.receives(Protocol::Tcp, A, &with_cookie(good(&tcp), [1; 8], &FIRST));
    assert_eq!(scene.ignores(), Ignored::WrongCookie, "a wrong one is wrong over TCP too");
    scene.receives(Protocol::Tcp, A, &good(&tcp));
    scene.answers("203.0.113.80");
    assert_eq!(scene.query.history().of(scene.now, addr(A)).cookie, None, "it is a server without now");
}

/// RFC 7873 §5.3: once with the new cookie, then TCP.
#[test]
fn badcookie() {
    let mut scene = scene(&FIRST);
    let first = scene.sends(A, Protocol::Udp, "");
    let bad =
        |sent: &Transmit, server: &[u8]| with_cookie(with_rcode(sent, Rcode::BADCOOKIE), CLIENT, server);
    scene.receives(Protocol::Udp, A, &bad(&first, &FRESH));
    let event = scene.last_event();
    assert_eq!(event, Event::Exchange(exchange::Event::NewCookie { server: addr(A) }));
    let note = "with the server's new cookie: it answered BADCOOKIE (RFC 7873 §5.3)";
    let second = scene.sends(A, Protocol::Udp, note);
    assert_eq!(sent_cookie(&second).unwrap().server, FRESH);
    assert_ne!(asked(&first).header.id, asked(&second).header.id);
    assert_ne!(first.source_port, second.source_port);
    scene.receives(Protocol::Udp, A, &bad(&second, &FIRST));
    let why = TcpReason::BadCookie;
    assert_eq!(scene.last_event(), Event::Exchange(exchange::Event::TcpFallback { server: addr(A), why }));
    let note = "over TCP: the server answered BADCOOKIE to its own cookie (RFC 7873 §5.3)";
    let third = scene.sends(A, Protocol::Tcp, note);
    assert_ne!(asked(&second).header.id, asked(&third).header.id);
    scene.receives(Protocol::Tcp, A, &bad(&third, &FIRST));
    assert_eq!(
        scene.fails().to_string(),
        "no server could answer A? www.example.test (RFC 1035 §4.1.1): 192.0.2.53:53 answered BADCOOKIE"
    );
    // One that gives no cookie along with it leaves only TCP.
    let mut scene = self::scene(&[]);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &with_rcode(&sent, Rcode::BADCOOKIE));
    scene.sends(A, Protocol::Tcp, note);
}

#[test]
fn the_target_of_an_alias_is_asked_for_with_the_cookie() {
    let mut scene = scene(&[]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.answers.push(cname("www.example.test", 60, "b.example.test"));
    scene.receives(Protocol::Udp, A, &with_cookie(reply, CLIENT, &FIRST));
    let sent = scene.query.transmit(scene.now).unwrap();
    assert_eq!(sent_cookie(&sent), Some(Cookie { client: CLIENT, server: FIRST.to_vec() }));
}
