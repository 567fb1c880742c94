//! The kernel's table of TCP sockets, `/proc/net/tcp` and `/proc/net/tcp6`: where `ss` and `netstat` took theirs from
//! before there was a netlink message for it. The kernel's own words on it: Documentation/networking/proc_net_tcp.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::experiment::row::Row;

/// The table of the network namespace that this thread is in: those that listen first, the others by their ports.
pub(super) fn sockets(six: bool) -> io::Result<Vec<Row>> {
    let table =
        fs::read_to_string(if six { "/proc/thread-self/net/tcp6" } else { "/proc/thread-self/net/tcp" })?;
    let mut rows: Vec<Row> = table.lines().skip(1).filter_map(row).collect();
    rows.sort_by_key(|row| (row.remote, row.local));
    Ok(rows)
}

/// `0: 0100007F:0050 00000000:0000 0A ...`: a number, two ends, a state.
fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace().skip(1);
    let (local, remote) = (end(words.next()?)?, end(words.next()?)?);
    let state = name(words.next()?)?;
    Some(Row { state, local, remote: (state != "LISTEN").then_some(remote) })
}

/// `0100007F:0050`: the words of the address as this machine keeps numbers, and the port as a number.
fn end(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let words =
        (0..address.len() / 8).map(|at| u32::from_str_radix(address.get(8 * at..8 * at + 8)?, 16).ok());
    let bytes: Vec<u8> =
        words.collect::<Option<Vec<u32>>>()?.into_iter().flat_map(u32::to_ne_bytes).collect();
    let address = match <[u8; 4]>::try_from(&bytes[..]) {
        Ok(bytes) => IpAddr::from(bytes),
        Err(_) => IpAddr::from(<[u8; 16]>::try_from(&bytes[..]).ok()?),
    };
    Some(SocketAddr::new(address, u16::from_str_radix(port, 16).ok()?))
}

/// The states by their numbers (`include/net/tcp_states.h`), under the names of `ss`.
fn name(number: &str) -> Option<&'static str> {
    Some(match number {
        "01" => "ESTAB",
        "02" => "SYN-SENT",
        "03" | "0C" => "SYN-RECV",
        "04" => "FIN-WAIT-1",
        "05" => "FIN-WAIT-2",
        "06" => "TIME-WAIT",
        "08" => "CLOSE-WAIT",
        "09" => "LAST-ACK",
        "0A" => "LISTEN",
        "0B" => "CLOSING",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::row;

    /// Lines of a kernel 6.18.
    #[test]
    #[cfg_attr(target_endian = "big", ignore = "the lines are of a little-endian machine")]
    fn a_line_is_a_row() {
        let rows = [
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1",
            "   1: 024D000A:0050 014D000A:0FA0 03 00000000:00000000 01:00000064 00000000     0        0 0 1",
            "  12: 000077FD000000000000000002000000:0050 000077FD000000000000000001000000:0FA0 08 00000000:0 0 0",
        ];
        let told: Vec<String> = rows.iter().filter_map(|line| row(line)).map(|row| row.to_string()).collect();
        assert_eq!(
            told,
            [
                "LISTEN     port 8080",
                "SYN-RECV   10.0.77.2:80 10.0.77.1:4000",
                "CLOSE-WAIT [fd77::2]:80 [fd77::1]:4000"
            ]
        );
    }
}
