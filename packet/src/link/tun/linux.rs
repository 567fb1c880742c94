//! The TUN device on Linux.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use super::TunOptions;
use crate::link::Link;
use crate::link::interface;
use crate::link::socket::{LARGEST, too_large, wait_readable};

const NODE: &str = "/dev/net/tun";

/// Our end of a TUN device. When this is dropped, an interface that was made here is gone.
#[derive(Debug)]
pub struct Tun {
    file: File,
    name: String,
    mtu: usize,
    buffer: Vec<u8>,
    unsent: u64,
}

impl Tun {
    /// Makes the interface, or takes the one of this name, and gives the kernel's end its addresses.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] without /dev/net/tun; [`io::ErrorKind::PermissionDenied`] where it may not be
    /// opened, or an interface may not be made; [`io::ErrorKind::ResourceBusy`] when a program has this one. Each says
    /// the way out.
    pub fn open(options: &TunOptions) -> io::Result<Tun> {
        let node = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open(NODE);
        let file = node.map_err(cannot_open)?;
        let wanted = options.name.as_deref().unwrap_or_default();
        let mut request = interface::request(wanted)?;
        request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
        interface::ioctl(file.as_raw_fd(), libc::TUNSETIFF, &mut request)
            .map_err(|error| cannot_attach(wanted, error))?;
        let name = interface::name_in(&request);
        let told = |error| cannot_set(&name, error);
        if let Some(mtu) = options.mtu {
            interface::set_mtu(&name, mtu).map_err(told)?;
        }
        for (address, prefix) in &options.addresses {
            interface::add_address(&name, *address, *prefix).map_err(told)?;
        }
        if !options.addresses.is_empty() {
            interface::raise(&name).map_err(told)?;
        }
        // Without the right to, the queue stays as it is.
        let _ = interface::set_queue(&name, options.queue);
        let mtu = interface::mtu(&name)?;
        Ok(Tun { file, name, mtu, buffer: vec![0; LARGEST], unsent: 0 })
    }

    /// Asks whether an interface may be made here, and makes none: the kernel looks at the right first, and then at the
    /// kind, of which there is none.
    ///
    /// # Errors
    /// As [`Tun::open`].
    pub fn ask_permission() -> io::Result<()> {
        let node = OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open(NODE);
        let file = node.map_err(cannot_open)?;
        match interface::ioctl(file.as_raw_fd(), libc::TUNSETIFF, &mut interface::request("")?) {
            Err(error) if error.raw_os_error() != Some(libc::EINVAL) => Err(cannot_attach("", error)),
            _ => Ok(()),
        }
    }

    /// What the interface is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn take_waiting(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            return match self.file.read(&mut self.buffer) {
                Ok(length) => Ok(self.buffer.get(..length).map(<[u8]>::to_vec)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(self.is_down(error)),
            };
        }
    }

    fn is_down(&self, error: io::Error) -> io::Error {
        if error.raw_os_error() != Some(libc::EIO) {
            return error;
        }
        let text = format!("{0} is down: sudo ip link set {0} up", self.name);
        io::Error::new(io::ErrorKind::NetworkDown, text)
    }
}

/// To wait for a packet together with other things.
impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Link for Tun {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        // The kernel would take it, and forward what no wire could have brought.
        if packet.len() > self.mtu {
            return Err(too_large(packet.len(), &format!("{}, MTU {}", self.name, self.mtu)));
        }
        match self.file.write(packet) {
            Ok(_) => Ok(()),
            // No memory for it at the moment: to TCP a lost packet, no more.
            Err(error)
                if matches!(error.raw_os_error(), Some(libc::ENOBUFS | libc::EAGAIN | libc::ENOMEM)) =>
            {
                self.unsent += 1;
                Ok(())
            }
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                let text = "this is not an IP packet: the first four bits are neither 4 nor 6";
                Err(io::Error::new(io::ErrorKind::InvalidInput, text))
            }
            Err(error) => Err(self.is_down(error)),
        }
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(packet) = self.take_waiting()? {
                return Ok(Some(packet));
            }
            if !wait_readable(&[&self.file], deadline)? {
                return Ok(None);
            }
        }
    }

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    fn drops(&self) -> Option<u64> {
        interface::transmit_drops(&self.name)
    }

    fn unsent(&self) -> u64 {
        self.unsent
    }
}

fn cannot_open(error: io::Error) -> io::Error {
    let text = match error.kind() {
        io::ErrorKind::NotFound => {
            "/dev/net/tun is not there: load the module (sudo modprobe tun), or give it to the container \
             (docker run --device /dev/net/tun)"
        }
        io::ErrorKind::PermissionDenied => {
            "/dev/net/tun may not be opened by this user: run as root, or let everybody open it \
             (sudo chmod 0666 /dev/net/tun), which most distributions do; a device still needs CAP_NET_ADMIN to be made"
        }
        // The node is there, and no driver answers.
        _ if matches!(error.raw_os_error(), Some(libc::ENODEV | libc::ENXIO)) => {
            "this kernel has no TUN driver, or has not loaded it: sudo modprobe tun"
        }
        _ => return error,
    };
    io::Error::new(error.kind(), text)
}

fn cannot_attach(name: &str, error: io::Error) -> io::Error {
    let text = match error.raw_os_error() {
        Some(libc::EPERM) if name.is_empty() => {
            "making a TUN device needs the capability CAP_NET_ADMIN: run as root (sudo), or in a namespace of your own \
             (unshare -Urn); or have one made once (sudo ip tuntap add dev tun0 mode tun user YOU), and name it"
                .to_owned()
        }
        Some(libc::EPERM) => format!(
            "{name} is not there, or not yours, and making it needs CAP_NET_ADMIN: run as root, or have it made \
             for you once (sudo ip tuntap add dev {name} mode tun user YOU)"
        ),
        Some(libc::EBUSY) => format!("another program has {name}: end it, or choose another name"),
        Some(libc::EINVAL) => format!("{name} is there, and is not a TUN device: choose another name"),
        _ => return error,
    };
    io::Error::new(error.kind(), text)
}

fn cannot_set(name: &str, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let text = format!(
        "{name} is open, but its addresses and its MTU may be set with CAP_NET_ADMIN only: leave them out, and have \
         root set them (ip addr add, ip link set)"
    );
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}
