//! Several sockets at once: none of them keeps the others from being heard.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use barewire_dns::driver::{Sockets, Transport};
use barewire_dns::stub::{Protocol, Transmit};
use socket2::{Domain, Socket, Type};

use crate::peers::{udp_server, udp_socket};

/// No connection and no reply takes so long, unless somebody waits for it.
const FAR: Duration = Duration::from_secs(60);

fn transmit(protocol: Protocol, to: SocketAddr, text: &[u8]) -> Transmit {
    let (bytes, note, deadline) = (text.to_vec(), String::new(), Instant::now() + FAR);
    Transmit { protocol, to, source_port: 0, bytes, note, deadline }
}

/// A port whose SYNs are dropped: its queue of connections is full. The sockets keep it full.
fn hanging() -> (SocketAddr, Socket, Vec<TcpStream>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut filling = Vec::new();
    while filling.len() < 64 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
            Ok(stream) => filling.push(stream),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{error}");
                return (address, listener, filling);
            }
        }
    }
    panic!("this system takes any number of connections");
}

#[test]
#[cfg(target_os = "linux")]
fn a_connection_that_hangs_blocks_nobody() {
    let (hanging, _listener, _filling) = hanging();
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![query.to_ascii_uppercase()]);
    let (start, mut sockets) = (Instant::now(), Sockets::new());
    sockets.send(&transmit(Protocol::Tcp, hanging, b"nobody takes this")).unwrap();
    sockets.send(&transmit(Protocol::Udp, address, b"hello")).unwrap();
    let received = sockets.receive(start + FAR).unwrap().expect("a message");
    assert_eq!((received.from, &received.bytes[..]), (address, &b"HELLO"[..]));
    assert!(start.elapsed() < FAR / 2, "{:?}", start.elapsed());
    server.join().unwrap();
    // And the wait for the connection ends with the caller's deadline, not with its own.
    let soon = Instant::now() + Duration::from_millis(50);
    assert!(matches!(sockets.receive(soon), Ok(None)));
    assert!(start.elapsed() < FAR / 2, "{:?}", start.elapsed());
}

/// The flood is there before the one good message.
#[test]
fn a_flood_on_one_socket_does_not_hide_another() {
    let (flooding, from_flood) = udp_socket();
    let (quiet, from_quiet) = udp_socket();
    let mut sockets = Sockets::new();
    let client = |server: &UdpSocket| server.recv_from(&mut [0; 64]).unwrap().1;
    sockets.send(&transmit(Protocol::Udp, from_flood, b"a")).unwrap();
    sockets.send(&transmit(Protocol::Udp, from_quiet, b"b")).unwrap();
    let to_flood = client(&flooding);
    for _ in 0..50 {
        flooding.send_to(b"flood", to_flood).unwrap();
    }
    quiet.send_to(b"quiet", client(&quiet)).unwrap();
    let deadline = Instant::now() + FAR;
    let first_two = [0, 1].map(|_| sockets.receive(deadline).unwrap().expect("a message").from);
    assert!(first_two.contains(&from_quiet), "{first_two:?}");
}

/// One of two servers is not there, and the other answers.
#[test]
#[cfg(target_os = "linux")]
fn an_error_names_its_server() {
    let closed = udp_socket().1;
    let (_silent, silent) = udp_socket();
    let mut sockets = Sockets::new();
    sockets.send(&transmit(Protocol::Udp, closed, b"a")).unwrap();
    sockets.send(&transmit(Protocol::Udp, silent, b"b")).unwrap();
    let error = sockets.receive(Instant::now() + FAR).unwrap_err();
    assert_eq!((error.protocol, error.to), (Protocol::Udp, closed));
    assert_eq!(
        error.to_string(),
        format!(
            "{closed} cannot be reached over UDP: its host says that nobody listens on that port (ICMP, RFC 1122 \
             §4.1.3.1)"
        )
    );
    // It is told once.
    assert!(matches!(sockets.receive(Instant::now() + Duration::from_millis(50)), Ok(None)));
}

/// Whoever asks for thousands of names over one transport must not run out of sockets: the oldest ones are closed.
#[test]
fn the_oldest_sockets_are_closed() {
    let (server, address) = udp_socket();
    let mut sockets = Sockets::new();
    let mut clients = Vec::new();
    for number in 0..100u16 {
        // Another port for each; if it is taken, the kernel gives another one.
        let source_port = 20_000 + number;
        let question = Transmit { source_port, ..transmit(Protocol::Udp, address, &number.to_be_bytes()) };
        sockets.send(&question).unwrap();
        clients.push(server.recv_from(&mut [0; 64]).unwrap().1);
    }
    for (number, client) in clients.iter().enumerate() {
        // For a closed socket the host answers with an ICMP error. The test does not look at it.
        let _ = server.send_to(&(number as u16).to_be_bytes(), client);
    }
    let until = Instant::now() + Duration::from_secs(1);
    let mut heard: Vec<u8> = (0..64).map(|_| sockets.receive(until).unwrap().unwrap().bytes[1]).collect();
    heard.sort_unstable();
    assert_eq!(heard, (36..100).collect::<Vec<u8>>());
    assert!(matches!(sockets.receive(Instant::now() + Duration::from_millis(50)), Ok(None)));
}
