//! Small servers in threads, built with std alone.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use barewire_dns::stub::{Config, Query};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub(crate) const LONG: Duration = Duration::from_secs(10);

pub(crate) fn query(servers: Vec<SocketAddr>, config: Config) -> Query {
    // The time stands in for a seed: ports of tests that run side by side should differ.
    let seed = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos() as u64);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let name = Name::parse_text("www.example.test").unwrap();
    Query::new(Instant::now(), name, RecordType::A, servers, config, &mut rng)
}

pub(crate) fn reply(query: &[u8], edit: impl FnOnce(&mut Message)) -> Vec<u8> {
    let query = Message::parse(query).unwrap();
    let mut reply = Message::response_to(&query);
    reply.header.ra = true;
    reply.answers.push(Record::new(query.questions[0].name.clone(), 300, RData::A([203, 0, 113, 80].into())));
    edit(&mut reply);
    reply.encode().unwrap()
}

/// Answers one datagram after another with what `answer` makes of them, until it has no more.
pub(crate) fn udp_server(
    socket: UdpSocket,
    count: usize,
    answer: impl Fn(usize, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> JoinHandle<()> {
    socket.set_read_timeout(Some(LONG)).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        for number in 0..count {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { return };
            for message in answer(number, &buffer[..length]) {
                socket.send_to(&message, from).unwrap();
            }
        }
    })
}

pub(crate) fn udp_socket() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// UDP and TCP on the same port, as a name server has them.
pub(crate) fn both_sockets() -> (UdpSocket, TcpListener, SocketAddr) {
    loop {
        let (udp, address) = udp_socket();
        if let Ok(tcp) = TcpListener::bind(address) {
            return (udp, tcp, address);
        }
    }
}

pub(crate) fn read_framed(stream: &mut TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut message).unwrap();
    message
}
