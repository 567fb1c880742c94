//! What the processes of `fast_open.rs` do: requests one after the other, each over a connection of its own, and each
//! answered with the same bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener as KernelListener};
use std::time::{Duration, Instant};

use barewire_tcp::{Config, TcpListener, TcpStream};
use socket2::{Domain, Socket, Type};

use crate::raw_stack;

const PATIENCE: Duration = Duration::from_secs(20);

/// One end. `role` is `ours connect`, `kernel listen` and so on.
pub(crate) fn play(role: [&str; 2], address: SocketAddr, times: usize) {
    match role {
        ["ours", "connect"] => our_client(address, times),
        ["ours", _] => our_server(address, times),
        [_, "connect"] => (0..times).for_each(|number| kernel_client(address, number)),
        _ => kernel_server(address, times),
    }
    println!("{} connections done", times);
}

fn request(number: usize) -> String {
    format!("request {number}")
}

fn with_fast_open() -> Config {
    Config { fast_open: true, ..Config::default() }
}

fn our_client(address: SocketAddr, times: usize) {
    let stack = raw_stack::of_client(address, times, with_fast_open());
    for number in 0..times {
        let stream = TcpStream::connect_timeout(&stack, address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE));
        ask(&mut stream.clone(), number, || stream.shutdown(Shutdown::Write).unwrap());
        stream.close(PATIENCE).unwrap();
    }
    stack.run_until(Instant::now() + Duration::from_millis(300)).unwrap();
}

fn ask(stream: &mut (impl Read + Write), number: usize, close: impl Fn()) {
    stream.write_all(request(number).as_bytes()).unwrap();
    close();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, request(number));
}

fn our_server(address: SocketAddr, times: usize) {
    let stack = raw_stack::of_server(address, with_fast_open());
    let listener = TcpListener::bind(&stack, address.port(), 4).unwrap();
    println!("listening");
    for _ in 0..times {
        let (stream, _) = listener.accept_timeout(PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE));
        echo(&mut stream.clone());
        stream.close(PATIENCE).unwrap();
    }
    stack.run_until(Instant::now() + Duration::from_millis(300)).unwrap();
}

/// Answers each piece as it comes, so that the first answer can leave in SYN-RECEIVED.
fn echo(stream: &mut (impl Read + Write)) {
    let mut piece = [0; 1000];
    loop {
        match stream.read(&mut piece).unwrap() {
            0 => return,
            count => stream.write_all(&piece[..count]).unwrap(),
        }
    }
}

/// The kernel sends a SYN with text for `sendto` with MSG_FASTOPEN, once it has a cookie.
fn kernel_client(address: SocketAddr, number: usize) {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    let request = request(number);
    let sent = socket.send_to_with_flags(request.as_bytes(), &address.into(), libc::MSG_FASTOPEN).unwrap();
    assert_eq!(sent, request.len());
    socket.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, request);
}

fn kernel_server(address: SocketAddr, times: usize) {
    let listener = KernelListener::bind(address).unwrap();
    println!("listening");
    for _ in 0..times {
        echo(&mut listener.accept().unwrap().0);
    }
}
