//! An Ethernet device as an end of a relay, through a packet socket. It needs CAP_NET_RAW.

use std::fs;
use std::io::ErrorKind::{Interrupted, NetworkDown, NotFound, WouldBlock};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd};

use pnet_datalink::{Channel, Config};
use socket2::{Domain, Socket, Type};

use super::super::card::on_the_wire;
use super::super::frame::Framing;
use super::End;

/// How many bytes of frames may wait in the socket.
const SOCKET_BUFFER: usize = 4 << 20;
/// The largest frame that a device hands over.
const LARGEST: usize = 70_000;
/// The usual MTU, where the system does not say.
const ETHERNET_MTU: usize = 1500;

/// A device, by a socket that sees all of its frames.
pub struct Ethernet {
    socket: Socket,
    mtu: usize,
    buffer: Vec<u8>,
}

impl Ethernet {
    /// Opens the device of this name. It takes what is sent to other stations too (promiscuous mode), for as long as it
    /// is open.
    ///
    /// # Errors
    /// There is no such device, it is not Ethernet, or CAP_NET_RAW is missing.
    pub fn open(name: &str) -> io::Result<Ethernet> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        let interface = pnet_datalink::interfaces().into_iter().find(|interface| interface.name == name);
        let interface =
            interface.ok_or_else(|| io::Error::new(NotFound, format!("{name}: no such device")))?;
        // It hears nothing before it is bound: a frame of another device must not slip in.
        let socket = Socket::new(Domain::PACKET, Type::RAW, None).map_err(named)?;
        socket.set_recv_buffer_size(SOCKET_BUFFER).map_err(named)?;
        let config = Config {
            read_buffer_size: 0,
            write_buffer_size: 0,
            promiscuous: true,
            socket_fd: Some(socket.try_clone().map_err(named)?.into_raw_fd()),
            ..Config::default()
        };
        // It binds our socket to the device, and closes its own copy. We read and write by ourselves.
        match pnet_datalink::channel(&interface, config).map_err(named)? {
            Channel::Ethernet(..) => {}
            _ => return Err(named(io::Error::other("it is not an Ethernet device"))),
        }
        socket.set_nonblocking(true).map_err(named)?;
        Ok(Ethernet { socket, mtu: mtu(name), buffer: vec![0; LARGEST] })
    }
}

fn mtu(name: &str) -> usize {
    let said = fs::read_to_string(format!("/sys/class/net/{name}/mtu")).ok();
    said.and_then(|text| text.trim().parse().ok()).unwrap_or(ETHERNET_MTU)
}

impl End for Ethernet {
    fn framing(&self) -> Framing {
        Framing::Ethernet
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn receive(&mut self) -> io::Result<Vec<Vec<u8>>> {
        match (&self.socket).read(&mut self.buffer) {
            Ok(length) => Ok(on_the_wire(Framing::Ethernet, self.buffer[..length].to_vec(), self.mtu)),
            // A device that is down may come up again.
            Err(error) if matches!(error.kind(), WouldBlock | Interrupted | NetworkDown) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        (&self.socket).write(frame).map(|_| ())
    }
}
