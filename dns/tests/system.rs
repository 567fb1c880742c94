//! /etc/resolv.conf and /etc/hosts, as text.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_dns::Name;
use barewire_dns::stub::Config;
use barewire_dns::system::{Hosts, ResolvConf};

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// Lines count from 1, as in every editor.
#[test]
fn a_complaint_names_its_line() {
    let conf = ResolvConf::parse("nameserver 192.0.2.53\nfoo bar\n");
    assert_eq!(conf.complaints, ["resolv.conf: directive at line 2 is not recognized"]);
    assert_eq!(conf.servers.len(), 1);
}

#[test]
fn a_usual_resolv_conf() {
    let conf = ResolvConf::parse(
        "# made by somebody\n\
         ; another comment\n\
         search corp.test example.test\n\
         nameserver 192.0.2.53\n\
         nameserver 2001:db8::53\n\
         options ndots:2 timeout:3 attempts:4 use-vc\n",
    );
    assert_eq!(conf.servers, addresses(&["192.0.2.53:53", "[2001:db8::53]:53"]));
    assert_eq!(conf.search, [name("corp.test"), name("example.test")]);
    assert_eq!((conf.ndots, conf.timeout.as_secs(), conf.attempts), (2, 3, 4));
    assert!(conf.use_tcp && conf.config().tcp_only);
    assert_eq!(conf.complaints, [""; 0]);
}

/// resolv.conf(5): without a nameserver line the one on this host is asked; the last of search and
/// domain counts.
#[test]
fn what_the_c_library_does() {
    let empty = ResolvConf::parse("");
    assert!(empty.servers.contains(&"127.0.0.1:53".parse().unwrap()), "{:?}", empty.servers);
    assert_eq!((empty.ndots, empty.timeout.as_secs(), empty.attempts), (1, 5, 2));
    let conf = ResolvConf::parse("search a.test b.test\ndomain c.test\n");
    assert_eq!(conf.search, [name("c.test")]);
    let many = ResolvConf::parse(
        "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
    );
    assert_eq!(many.servers.len(), 3, "MAXNS");
}

#[test]
fn a_broken_resolv_conf_keeps_what_can_be_read() {
    let conf = ResolvConf::parse("nameserver nonsense\nnameserver 192.0.2.53\nsearch ..bad good.test\n");
    assert_eq!(conf.servers, addresses(&["192.0.2.53:53"]));
    assert_eq!(conf.search, [name("good.test")]);
    assert_eq!(conf.complaints.len(), 2, "{:?}", conf.complaints);
}

#[test]
fn zones_of_link_local_servers() {
    let conf = ResolvConf::parse("nameserver fe80::1%7\nnameserver fe80::2%nosuch0\n");
    let SocketAddr::V6(first) = conf.servers[0] else { panic!("{:?}", conf.servers) };
    assert_eq!(first.scope_id(), 7);
    assert_eq!(conf.complaints, ["resolv.conf: fe80::2%nosuch0: there is no interface nosuch0 here"]);
}

/// The number of the loopback interface is 1 on Linux, in every network namespace.
#[test]
#[cfg(target_os = "linux")]
fn a_zone_by_the_name_of_an_interface() {
    let conf = ResolvConf::parse("nameserver fe80::1%lo\n");
    let SocketAddr::V6(server) = conf.servers[0] else { panic!("{:?}", conf.servers) };
    assert_eq!((server.scope_id(), conf.complaints.len()), (1, 0), "{:?}", conf.complaints);
}

/// resolv.conf(5): what the options are for a query.
#[test]
fn options_are_followed() {
    let config = |options: &str| {
        ResolvConf::parse(&format!("nameserver 192.0.2.1\nnameserver 192.0.2.2\noptions {options}\n"))
            .config()
    };
    assert_eq!(config(""), Config::default());
    assert_eq!(config("edns0"), Config::default());
    assert_eq!(config("rotate"), Config { rotate: true, ..Config::default() });
    assert_eq!(config("trust-ad"), Config { authentic_data: true, ..Config::default() });
    assert_eq!(config("use-vc"), Config { tcp_only: true, ..Config::default() });
    // Three attempts with each of two servers, 2 s each.
    let (first_wait, total) = (Duration::from_secs(2), Duration::from_secs(12));
    let wanted = Config { first_wait, tcp_wait: first_wait, total, ..Config::default() };
    assert_eq!(config("timeout:2 attempts:3"), wanted);
}

/// resolv.conf(5), "ndots" and "search".
#[test]
fn candidates() {
    let conf = ResolvConf::parse("search a.test b.test\noptions ndots:2\n");
    let names = |typed: &str| -> Vec<String> {
        conf.candidates(typed).unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(names("www"), ["www.a.test", "www.b.test", "www"]);
    assert_eq!(names("www.x"), ["www.x.a.test", "www.x.b.test", "www.x"]);
    assert_eq!(names("www.x.y"), ["www.x.y", "www.x.y.a.test", "www.x.y.b.test"]);
    assert_eq!(names("www."), ["www"]);
    assert!(conf.candidates("a..b").is_err());
}

#[test]
fn hosts() {
    let hosts = Hosts::parse(
        "127.0.0.1\tlocalhost\n\
         # 192.0.2.9 commented.test\n\
         192.0.2.80  www.example.test  www # trailing.test\n\
         2001:db8::80 www.example.test\n\
         fe80::1%lo0 localhost\n\
         \n\
         not-an-address x.test\n\
         192.0.2.81 bad..name good.test\n",
    );
    let lookup =
        |text: &str| -> Vec<String> { hosts.lookup(&name(text)).iter().map(ToString::to_string).collect() };
    assert_eq!(lookup("WWW.example.TEST"), ["192.0.2.80", "2001:db8::80"]);
    assert_eq!(lookup("www"), ["192.0.2.80"]);
    assert_eq!(lookup("localhost"), ["127.0.0.1", "fe80::1"]);
    assert_eq!(lookup("good.test"), ["192.0.2.81"]);
    for absent in ["commented.test", "trailing.test", "x.test"] {
        assert_eq!(lookup(absent), [""; 0]);
    }
    assert_eq!(
        hosts.complaints,
        [
            "hosts line 7: \"not-an-address\" is not an address",
            "hosts line 8: \"bad..name\": an empty label at byte 4; only the root, at the end, is empty (RFC 1035 §3.1)",
        ]
    );
}
