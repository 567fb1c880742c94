//! A little DNS server whose answers are bytes that a test makes.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use barewire_dns::stub::Protocol;
use barewire_dns::{Message, Name, RData, Record, RecordType};

/// A server that runs until the test program ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<AtomicU32>,
}

impl Server {
    /// Sends what `answer` makes of each query: no message, one, or several.
    pub(crate) fn start(
        answer: impl Fn(&Message, Protocol) -> Vec<Vec<u8>> + Send + Sync + 'static,
    ) -> Server {
        let (udp, tcp) = sockets();
        let (address, asked) = (udp.local_addr().unwrap(), Arc::new(AtomicU32::new(0)));
        let (answer, count) = (Arc::new(answer), asked.clone());
        let (answer_udp, count_udp) = (answer.clone(), asked.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 65_535];
            while let Ok((length, client)) = udp.recv_from(&mut buffer) {
                count_udp.fetch_add(1, Ordering::SeqCst);
                let query = Message::parse(&buffer[..length]).expect("a query");
                for reply in answer_udp(&query, Protocol::Udp) {
                    udp.send_to(&reply, client).expect("sent");
                }
            }
        });
        std::thread::spawn(move || {
            // The client closes, or waits in vain.
            let mut open = Vec::new();
            for stream in tcp.incoming() {
                let mut stream = stream.expect("a client");
                let mut length = [0; 2];
                stream.read_exact(&mut length).expect("a length");
                let mut bytes = vec![0; u16::from_be_bytes(length).into()];
                stream.read_exact(&mut bytes).expect("a query");
                count.fetch_add(1, Ordering::SeqCst);
                for reply in answer(&Message::parse(&bytes).expect("a query"), Protocol::Tcp) {
                    let length = u16::try_from(reply.len()).expect("a message");
                    stream.write_all(&[&length.to_be_bytes()[..], &reply].concat()).expect("sent");
                }
                open.push(stream);
            }
        });
        Server { address, asked }
    }

    /// `@127.0.0.1:5300`
    pub(crate) fn at(&self) -> String {
        format!("@{}", self.address)
    }

    /// How many queries came.
    pub(crate) fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Both sockets of a free port.
fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()) {
            return (udp, tcp);
        }
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

/// A record at this name, its data as in a master file.
pub(crate) fn record(owner: &str, rtype: RecordType, data: &str) -> Record {
    Record::new(name(owner), 300, RData::parse_text(rtype, data).unwrap())
}

/// A response to the query with one A record.
pub(crate) fn good(query: &Message) -> Message {
    let mut reply = Message::response_to(query);
    reply.header.ra = true;
    let owner = query.questions[0].name.to_string();
    reply.answers.push(record(&owner, RecordType::A, "192.0.2.80"));
    reply
}
