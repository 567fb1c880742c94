//! Waiting until the hosts of a lab reach each other. A kernel gets the news that a cable is plugged in a moment later,
//! and a question for a neighbour that is lost before is only asked again after a second.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::lab::{Host, Lab};

/// The port of the service "discard", which no host of a lab has.
const CLOSED: u16 = 9;

/// Waits until every host reaches every other one, over both versions. Where nobody listens, the answer to a datagram
/// is an ICMP error: unlike the reset for a SYN it leaves no trace in a capture of TCP.
pub(super) fn wait(lab: &Lab) -> io::Result<()> {
    for host in lab.hosts() {
        for other in lab.hosts().iter().filter(|other| other.name() != host.name()) {
            other.addresses().iter().try_for_each(|address| reach(host, *address))?;
        }
    }
    Ok(())
}

fn reach(host: &Host, address: IpAddr) -> io::Result<()> {
    let own = host.addresses().iter().find(|own| own.is_ipv6() == address.is_ipv6());
    let Some(own) = own.copied() else { return Ok(()) };
    let socket = host.try_inside(|| UdpSocket::bind((own, 0)))?;
    socket.connect(SocketAddr::new(address, CLOSED))?;
    socket.set_read_timeout(Some(Duration::from_millis(700)))?;
    let limit = Instant::now() + Duration::from_secs(5);
    while Instant::now() < limit {
        // An error that the last datagram has caused comes out here, too.
        let answer = socket.send(b"?").and_then(|_| socket.recv(&mut [0; 1]));
        if answer.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused) {
            return Ok(());
        }
    }
    Err(io::Error::new(ErrorKind::TimedOut, format!("{} does not reach {address}", host.name())))
}
