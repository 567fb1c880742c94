//! Links that cannot be opened say why, and what to do about it.
#![cfg(target_os = "linux")]

use std::io;
use std::net::Ipv6Addr;

use barewire_packet::link::datalink::{DatalinkLink, DatalinkOptions};
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::route::local_address_for;
use barewire_packet::link::tun::{Tun, TunOptions};

fn tun(name: &str) -> (io::ErrorKind, String) {
    let options = TunOptions { name: Some(name.to_owned()), ..TunOptions::default() };
    let error = Tun::open(&options).expect_err("it cannot be opened");
    (error.kind(), error.to_string())
}

fn datalink(interface: &str, options: &DatalinkOptions) -> (io::ErrorKind, String) {
    let error = DatalinkLink::open(interface, options).expect_err("it cannot be opened");
    (error.kind(), error.to_string())
}

/// The node may be missing or closed to this user: then that is said first.
#[test]
fn a_tun_device_that_is_none() {
    for (name, words) in [
        ("a-name-of-16-let", "up to 15 letters"),
        ("a/b", "without / and spaces"),
        ("lo", "lo is there, and is not a TUN device"),
    ] {
        let (kind, text) = tun(name);
        match kind {
            io::ErrorKind::NotFound => assert!(text.contains("modprobe tun"), "{text}"),
            io::ErrorKind::PermissionDenied => assert!(text.contains("as root"), "{text}"),
            _ => assert!(text.contains(words), "{name}: {text}"),
        }
    }
}

#[test]
fn an_interface_that_is_no_ethernet() {
    let options = DatalinkOptions::default();
    let (kind, text) = datalink("lo", &options);
    assert_eq!(kind, io::ErrorKind::Unsupported);
    assert!(text.contains("lo is not an Ethernet") && text.contains("raw link"), "{text}");
    let (kind, text) = datalink("eth77", &options);
    assert_eq!(kind, io::ErrorKind::NotFound);
    assert!(text.starts_with("there is no interface \"eth77\" here; there are: lo"), "{text}");
}

/// The system says of both only that an argument is invalid.
#[test]
fn an_address_of_one_link() {
    let address: Ipv6Addr = "fe80::1".parse().unwrap();
    let error = local_address_for((address, 80).into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "fe80::1 is there once on every link, and nothing says on which (RFC 4007)"
    );
    let error = RawLink::open(address.into(), &RawOptions::default()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    assert!(error.to_string().starts_with("fe80::1 is an address of one link only (RFC 4007)"), "{error}");
}
