//! What the kernel is asked and told of a network interface (Linux): its MTU, its addresses, and whether it is up.
//!
//! Each question is an ioctl on any socket, with a structure that begins with the interface's name: netdevice(7). It
//! concerns the network namespace that the socket was made in. Tested with each link.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};

use socket2::{Domain, SockAddr, Socket, Type};

/// What the kernel needs to be told of an address that it is given.
const BITS_OF_V4: u8 = 32;

/// The number of ethtool's questions (linux/sockios.h), which libc does not have.
const SIOCETHTOOL: libc::Ioctl = 0x8946;

/// The interface's MTU, in bytes.
pub(super) fn mtu(name: &str) -> io::Result<usize> {
    let mut request = request(name)?;
    ioctl(any_socket(Domain::IPV4)?.as_raw_fd(), libc::SIOCGIFMTU, &mut request)?;
    Ok(read_number(&request).max(0) as usize)
}

/// Sets the MTU. Needs CAP_NET_ADMIN.
pub(super) fn set_mtu(name: &str, mtu: usize) -> io::Result<()> {
    let mut request = request(name)?;
    let mtu = libc::c_int::try_from(mtu).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    request.ifr_ifru.ifru_mtu = mtu;
    ioctl(any_socket(Domain::IPV4)?.as_raw_fd(), libc::SIOCSIFMTU, &mut request)
}

/// Sets how many packets may wait to be sent. Needs CAP_NET_ADMIN.
pub(super) fn set_queue(name: &str, packets: usize) -> io::Result<()> {
    let mut request = request(name)?;
    let packets = libc::c_int::try_from(packets).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // A number stands at the same place in the structure, whatever it is called.
    request.ifr_ifru.ifru_mtu = packets;
    ioctl(any_socket(Domain::IPV4)?.as_raw_fd(), libc::SIOCSIFTXQLEN, &mut request)
}

/// Raises the interface. Needs CAP_NET_ADMIN.
pub(super) fn raise(name: &str) -> io::Result<()> {
    let socket = any_socket(Domain::IPV4)?;
    let mut request = request(name)?;
    ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS, &mut request)?;
    let flags = read_flags(&request);
    request.ifr_ifru.ifru_flags = flags | libc::IFF_UP as libc::c_short;
    ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &mut request)
}

/// Gives the kernel an address on the interface, and with it a route to its network. Needs CAP_NET_ADMIN.
pub(super) fn add_address(name: &str, address: IpAddr, prefix: u8) -> io::Result<()> {
    match address {
        IpAddr::V4(address) => {
            let socket = any_socket(Domain::IPV4)?;
            let mut request = request(name)?;
            request.ifr_ifru.ifru_addr = socket_address(address);
            ioctl(socket.as_raw_fd(), libc::SIOCSIFADDR, &mut request)?;
            let host = u32::MAX.checked_shr(prefix.min(BITS_OF_V4).into()).unwrap_or(0);
            request.ifr_ifru.ifru_netmask = socket_address(Ipv4Addr::from_bits(!host));
            ioctl(socket.as_raw_fd(), libc::SIOCSIFNETMASK, &mut request)
        }
        IpAddr::V6(address) => {
            let mut request = libc::in6_ifreq {
                ifr6_addr: libc::in6_addr { s6_addr: address.octets() },
                ifr6_prefixlen: prefix.into(),
                ifr6_ifindex: index(name)?,
            };
            ioctl(any_socket(Domain::IPV6)?.as_raw_fd(), libc::SIOCSIFADDR, &mut request)
        }
    }
}

/// How many packets the kernel had for the interface and threw away, because its queue was full: the column "drop" of
/// "Transmit" in /proc/net/dev, of the namespace that this thread is in.
pub(super) fn transmit_drops(name: &str) -> Option<u64> {
    let table = fs::read_to_string("/proc/thread-self/net/dev").ok()?;
    let row = |line: &str| line.trim_start().strip_prefix(name)?.strip_prefix(':').map(str::to_owned);
    let row = table.lines().find_map(row)?;
    row.split_whitespace().nth(11)?.parse().ok()
}

/// The value that the driver of the interface gives for a question of ethtool's.
pub(super) fn ethtool(name: &str, command: u32) -> io::Result<u32> {
    // struct ethtool_value: the command, and a place for the answer.
    let mut value = [command, 0];
    let mut request = request(name)?;
    request.ifr_ifru.ifru_data = value.as_mut_ptr().cast();
    ioctl(any_socket(Domain::IPV4)?.as_raw_fd(), SIOCETHTOOL, &mut request)?;
    Ok(value[1])
}

/// The number of the interface of this name.
pub(super) fn index(name: &str) -> io::Result<libc::c_int> {
    let mut request = request(name)?;
    ioctl(any_socket(Domain::IPV4)?.as_raw_fd(), libc::SIOCGIFINDEX, &mut request)?;
    Ok(read_number(&request))
}

/// The name of the interface of this number, in the network namespace of this socket.
pub(super) fn name(socket: RawFd, index: libc::c_int) -> io::Result<String> {
    let mut request = request("")?;
    request.ifr_ifru.ifru_ifindex = index;
    ioctl(socket, libc::SIOCGIFNAME, &mut request)?;
    Ok(name_in(&request))
}

/// A request about the interface of this name.
#[allow(unsafe_code, reason = "a structure of the kernel's, all zeros")]
pub(super) fn request(name: &str) -> io::Result<libc::ifreq> {
    let is_good = !name.bytes().any(|byte| byte == 0 || byte == b'/' || byte.is_ascii_whitespace());
    if name.len() >= libc::IFNAMSIZ || !is_good {
        let text =
            format!("{name:?} cannot be the name of an interface: up to 15 letters, without / and spaces");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    // SAFETY: it consists of numbers, for which zero is a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte as libc::c_char);
    Ok(request)
}

/// The name in a request that the kernel has filled in.
pub(super) fn name_in(request: &libc::ifreq) -> String {
    let bytes = request.ifr_name.iter().map(|byte| *byte as u8).take_while(|byte| *byte != 0);
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

fn any_socket(domain: Domain) -> io::Result<Socket> {
    Socket::new(domain, Type::DGRAM, None)
}

/// The first 16 bytes of an address of IPv4, as the structure has it.
#[allow(unsafe_code, reason = "a structure of the kernel's, read as another")]
fn socket_address(address: Ipv4Addr) -> libc::sockaddr {
    let address = SockAddr::from(SocketAddr::from((address, 0)));
    // SAFETY: an address of IPv4 is 16 bytes long, and so is `sockaddr`, which it may be read as.
    unsafe { address.as_ptr().cast::<libc::sockaddr>().read() }
}

#[allow(unsafe_code, reason = "a union, in which the kernel has written a number")]
fn read_number(request: &libc::ifreq) -> libc::c_int {
    // SAFETY: any four bytes are a number, and the structure was zeroed before the kernel wrote into it.
    unsafe { request.ifr_ifru.ifru_mtu }
}

#[allow(unsafe_code, reason = "a union, in which the kernel has written flags")]
fn read_flags(request: &libc::ifreq) -> libc::c_short {
    // SAFETY: any two bytes are a number, and the structure was zeroed before the kernel wrote into it.
    unsafe { request.ifr_ifru.ifru_flags }
}

/// Asks the kernel. `argument` is the structure that `number` stands for.
#[allow(unsafe_code, reason = "ioctl")]
pub(super) fn ioctl<T>(descriptor: RawFd, number: libc::Ioctl, argument: &mut T) -> io::Result<()> {
    // SAFETY: the pointer is to `argument`, which outlives the call; each caller hands over the structure that the
    // number is defined with, or a larger one.
    let result = unsafe { libc::ioctl(descriptor, number, std::ptr::from_mut(argument)) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
