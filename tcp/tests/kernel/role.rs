//! What the processes in the namespaces do. Each is this program again; the environment names its role.
//!
//! ```text
//!   relay LEFT RIGHT [WORD...]                          see `relay`
//!   WHOSE listen ADDRESS SENDS RECEIVES CONGESTION      takes one connection
//!   WHOSE connect ADDRESS SENDS RECEIVES CONGESTION     opens one
//!   fast WHOSE listen|connect ADDRESS TIMES             see `fast_open_role.rs`
//! ```
//!
//! WHOSE is `ours` or `kernel`. The end that connects sends first, and closes its direction; then the other end sends,
//! and closes. Each compares every byte that it reads with the one that must come.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener as KernelListener, TcpStream as KernelStream};
use std::time::{Duration, Instant};

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::{Config, TcpListener, TcpStream};
use socket2::SockRef;

use crate::{fast_open_role, raw_stack, relay};

/// The variable that names the role.
pub(crate) const ROLE: &str = "BAREWIRE_ROLE";

/// How long a read or a write may take. At 20 % loss the pauses are long, and the test itself says when it is too long.
const PATIENCE: Duration = Duration::from_secs(1200);

/// Not a test of its own: this is where a process of the lab begins.
#[test]
fn a_process_of_the_lab() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<&str> = role.split_whitespace().collect();
    match &words[..] {
        ["relay", left, right, words @ ..] => {
            println!("{}", relay::run(left, right, words).unwrap());
        }
        ["fast", whose, how, address, times] => {
            fast_open_role::play([whose, how], address.parse().unwrap(), times.parse().unwrap());
        }
        [whose, how, address, sends, receives, congestion] => {
            let job = Job {
                is_client: *how == "connect",
                address: address.parse().unwrap(),
                sends: sends.parse().unwrap(),
                receives: receives.parse().unwrap(),
                congestion,
            };
            match *whose {
                "ours" => ours(&job),
                _ => kernel(&job),
            }
        }
        _ => panic!("no such role: {role}"),
    }
}

struct Job<'a> {
    is_client: bool,
    address: SocketAddr,
    sends: u64,
    receives: u64,
    congestion: &'a str,
}

/// What this end's TCP is told. The one place where our congestion control is chosen.
fn config(congestion: &str) -> Config {
    let congestion = match congestion {
        "reno" => CongestionControl::Reno,
        "cubic" => CongestionControl::Cubic,
        "bbr" => CongestionControl::Bbr,
        other => panic!("no such congestion control: {other}"),
    };
    Config { congestion, ..Config::default() }
}

/// An end over our own TCP, on a raw socket.
fn ours(job: &Job<'_>) {
    let config = config(job.congestion);
    let stack = match job.is_client {
        true => raw_stack::of_client(job.address, 1, config),
        false => raw_stack::of_server(job.address, config),
    };
    let stream = if job.is_client {
        TcpStream::connect_timeout(&stack, job.address, PATIENCE).unwrap()
    } else {
        let listener = TcpListener::bind(&stack, job.address.port(), 4).unwrap();
        println!("listening");
        listener.accept_timeout(PATIENCE).unwrap().0
    };
    stream.set_read_timeout(Some(PATIENCE));
    stream.set_write_timeout(Some(PATIENCE));
    talk(job, &mut stream.clone(), || stream.shutdown(Shutdown::Write).unwrap());
    let _ = stream.close(PATIENCE);
    // The peer may not have heard our last ACK.
    let _ = stack.run_until(Instant::now() + Duration::from_millis(500));
}

/// An end over the kernel's TCP, with its congestion control chosen by TCP_CONGESTION.
fn kernel(job: &Job<'_>) {
    let mut stream = if job.is_client {
        KernelStream::connect(job.address).unwrap()
    } else {
        let listener = KernelListener::bind(job.address).unwrap();
        println!("listening");
        listener.accept().unwrap().0
    };
    SockRef::from(&stream).set_tcp_congestion(job.congestion.as_bytes()).unwrap();
    // Without it the process ends once all is written, and for a connection without a process the kernel gives up after
    // eight timeouts (tcp_orphan_retries). At 20 % loss that happens.
    SockRef::from(&stream).set_linger(Some(PATIENCE)).unwrap();
    let closes = stream.try_clone().unwrap();
    talk(job, &mut stream, || closes.shutdown(Shutdown::Write).unwrap());
}

/// The conversation. `close` closes our direction.
fn talk(job: &Job<'_>, stream: &mut (impl Read + Write), close: impl Fn()) {
    if job.is_client {
        write_all(stream, job.sends);
        close();
        read_all(stream, job.receives);
    } else {
        read_all(stream, job.receives);
        write_all(stream, job.sends);
        close();
    }
}

fn write_all(stream: &mut impl Write, length: u64) {
    let mut chunk = vec![0; 1 << 16];
    let mut at = 0;
    while at < length {
        let count = chunk.len().min((length - at) as usize);
        fill(at, &mut chunk[..count]);
        stream.write_all(&chunk[..count]).unwrap();
        at += count as u64;
    }
}

/// Reads to the end, and says how many bytes came in which time, from now on.
fn read_all(stream: &mut impl Read, length: u64) {
    let (mut chunk, mut wanted) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let (start, mut at) = (Instant::now(), 0);
    loop {
        let count = stream.read(&mut chunk).unwrap();
        if count == 0 {
            break;
        }
        fill(at, &mut wanted[..count]);
        assert!(chunk[..count] == wanted[..count], "a wrong byte between {at} and {}", at + count as u64);
        at += count as u64;
    }
    assert_eq!(at, length, "the bytes that came");
    println!("received {at} bytes, each of them right, in {:.6} s", start.elapsed().as_secs_f64());
}

/// The bytes of both streams, from `at` on: not the same everywhere.
fn fill(at: u64, chunk: &mut [u8]) {
    for (offset, byte) in (at..).zip(chunk) {
        *byte = (offset.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    }
}
