//! The kernel's end: listeners, each of which does one thing with a connection.

use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use crate::bytes::{read_all, write_all};

/// Reads to the end, then writes as much.
pub(crate) const EXCHANGES: u16 = 7001;
/// Resets the connection after the first byte.
pub(crate) const RESETS: u16 = 7002;
/// Writes a few bytes and waits for the end.
pub(crate) const IS_RESET: u16 = 7003;
/// Nobody listens.
pub(crate) const REFUSES: u16 = 7004;
/// As [`EXCHANGES`]; it is for the link with the small queue.
pub(crate) const FLOODS: u16 = 7005;

/// The seeds of what we send and of what the peer sends.
pub(crate) const OURS: u64 = 0;
pub(crate) const THEIRS: u64 = 0x5555_5555_5555;

/// Listens on all of the ports, until it is killed.
pub(crate) fn play(address: IpAddr, bytes: u64) {
    type Serve = fn(TcpStream, u64) -> String;
    let services: [(u16, Serve); 4] =
        [(EXCHANGES, exchange), (RESETS, reset), (IS_RESET, is_reset), (FLOODS, exchange)];
    let threads: Vec<_> = services
        .into_iter()
        .map(|(port, serve)| {
            let listener = TcpListener::bind((address, port)).unwrap();
            thread::spawn(move || {
                for stream in listener.incoming() {
                    println!("peer {port}: {}", serve(stream.unwrap(), bytes));
                }
            })
        })
        .collect();
    println!("listening");
    for thread in threads {
        thread.join().unwrap();
    }
}

fn exchange(mut stream: TcpStream, bytes: u64) -> String {
    let came = read_all(&mut stream, Duration::ZERO).unwrap();
    write_all(&mut stream, THEIRS, bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    format!("received {} bytes {}", came.bytes, came.hash)
}

fn reset(mut stream: TcpStream, _: u64) -> String {
    stream.read_exact(&mut [0]).unwrap();
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    "resets".to_owned()
}

fn is_reset(mut stream: TcpStream, _: u64) -> String {
    stream.write_all(b"hello").unwrap();
    let error = stream.read(&mut [0]).map_err(|error| error.kind());
    format!("read gave {error:?}")
}
