//! How large a receive queue may be: our sockets ask for 4 MiB, and a queue that is full loses packets.

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};

use barewire_dissect::count;
use socket2::SockRef;

use super::probe::Probe;

/// What the links ask for.
const WANTED: usize = 4 << 20;

pub(super) fn probe() -> Probe {
    let probe = Probe::new(
        "receive queue",
        "fast senders without losses (lost packets are counted and shown)",
        "SO_RCVBUF of 4 MiB on a UDP socket",
    );
    let given = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| {
        let socket = SockRef::from(&socket);
        socket.set_recv_buffer_size(WANTED)?;
        socket.recv_buffer_size()
    });
    let limit = fs::read_to_string("/proc/sys/net/core/rmem_max").unwrap_or_default();
    let limit = limit.trim().parse::<u64>().map_or_else(|_| "unknown".to_owned(), count);
    match given {
        // The kernel doubles what is asked for, to have room for its own.
        Ok(size) if size / 2 >= WANTED => {
            probe.open(format!("net.core.rmem_max is {limit}: 4 MiB are given"))
        }
        Ok(size) => probe.closed(
            format!(
                "net.core.rmem_max is {limit}: {} of {} bytes are given",
                count(size as u64 / 2),
                count(WANTED as u64)
            ),
            "sudo sysctl -w net.core.rmem_max=4194304",
        ),
        Err(error) => probe.untried(error.to_string()),
    }
}
