//! An Ethernet device as an end of a relay, through packet sockets. It needs CAP_NET_RAW.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use barewire_packet::link::device::EthernetDevice;

use super::super::card::on_the_wire;
use super::super::frame::Framing;
use super::End;

/// How many bytes of frames may wait in the socket.
const SOCKET_BUFFER: usize = 4 << 20;

/// A device, with all of its frames as they are on a wire.
pub struct Ethernet {
    name: String,
    device: EthernetDevice,
    /// Whether the device went down, and no frame has come since.
    is_down: bool,
}

impl Ethernet {
    /// Opens the device of this name. It takes what is sent to other stations too (promiscuous mode), for as long as it
    /// is open.
    ///
    /// # Errors
    /// There is no such device, or CAP_NET_RAW is missing.
    pub fn open(name: &str) -> io::Result<Ethernet> {
        Ok(Ethernet {
            name: name.to_owned(),
            device: EthernetDevice::open(name, SOCKET_BUFFER)?,
            is_down: false,
        })
    }
}

impl End for Ethernet {
    fn framing(&self) -> Framing {
        Framing::Ethernet
    }

    fn descriptor(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }

    fn receive(&mut self) -> io::Result<Vec<Vec<u8>>> {
        match self.device.receive() {
            Ok(Some(heard)) => {
                self.is_down = false;
                Ok(on_the_wire(Framing::Ethernet, heard.bytes, self.device.mtu()))
            }
            Ok(None) => Ok(Vec::new()),
            // A device that is down may come up again.
            Err(error) if error.kind() == io::ErrorKind::NetworkDown => {
                self.is_down = true;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        self.device.send(frame)
    }

    /// A device goes down before it is taken away, and the system tells nothing after that. So it is asked.
    fn check(&mut self) -> io::Result<()> {
        if self.is_down && !self.device.exists() {
            let text = format!("{} was taken away", self.name);
            return Err(io::Error::new(io::ErrorKind::NotFound, text));
        }
        Ok(())
    }

    fn overflowed(&mut self) -> Option<u64> {
        self.device.drops()
    }
}
