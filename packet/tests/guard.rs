//! The guard of a port, against the kernel's own sockets.
#![cfg(target_os = "linux")]

use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};

use barewire_packet::link::guard::Guard;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The side that closes first waits in TIME-WAIT, here the kernel's server. The port can be guarded all the same.
#[test]
fn a_port_whose_last_connection_is_in_time_wait() {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    let (server, _) = listener.accept().unwrap();
    drop((server, listener));
    assert_eq!(client.read(&mut [0]).unwrap(), 0, "the server has closed");
    drop(client);
    let guard = Guard::open(HERE, address.port()).expect("the port is free but for TIME-WAIT");
    assert_eq!(guard.port(), address.port());
}

#[test]
fn a_port_where_somebody_listens() {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    let taken = Guard::open(HERE, listener.local_addr().unwrap().port());
    assert_eq!(taken.map(|guard| guard.port()).map_err(|error| error.kind()), Err(ErrorKind::AddrInUse));
    let guard = Guard::open(HERE, 0).unwrap();
    let other = TcpListener::bind((HERE, guard.port()));
    assert_eq!(other.map(drop).map_err(|error| error.kind()), Err(ErrorKind::AddrInUse));
}
