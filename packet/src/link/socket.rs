//! The system calls that the links share, each once: options that socket2 has no name for, waiting, and the lesson of
//! a socket that may not be opened (Linux).
//!
//! Tested with each link.

use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::{Duration, Instant};

use barewire_dissect::several;
use socket2::Socket;

/// The largest IP packet there is: a header of IPv6, and all that its length can say. Where the sender leaves it to its
/// network card to cut segments, packets of nearly that size arrive.
pub(super) const LARGEST: usize = 40 + 65_535;

/// Sets an option whose value is a number.
pub(super) fn set_option(
    socket: &impl AsFd,
    level: libc::c_int,
    option: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    set_option_to(socket, level, option, &value)
}

/// Sets an option whose value is a number, or a structure of the kernel's.
#[allow(unsafe_code, reason = "setsockopt")]
pub(super) fn set_option_to<T: Copy>(
    socket: &impl AsFd,
    level: libc::c_int,
    option: libc::c_int,
    value: &T,
) -> io::Result<()> {
    // SAFETY: the pointer and the length describe `value`, which outlives the call.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            option,
            (&raw const *value).cast(),
            size_of::<T>() as libc::socklen_t,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The value of an option that is a number.
pub(super) fn option(socket: &impl AsFd, level: libc::c_int, option: libc::c_int) -> io::Result<libc::c_int> {
    let mut value = [0; 1];
    option_into(socket, level, option, &mut value)?;
    Ok(value[0].cast_signed())
}

/// Reads an option whose value is words of 32 bits.
#[allow(unsafe_code, reason = "getsockopt")]
pub(super) fn option_into(
    socket: &impl AsFd,
    level: libc::c_int,
    option: libc::c_int,
    value: &mut [u32],
) -> io::Result<()> {
    let mut length = size_of_val(value) as libc::socklen_t;
    // SAFETY: the pointers and the length describe `value`, which outlives the call.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            option,
            value.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Waits until one of the sockets has something to read. False when `deadline` has passed; without one it may also
/// come back with nothing there.
pub(super) fn wait_readable(sockets: &[&dyn AsRawFd], deadline: Option<Instant>) -> io::Result<bool> {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    if left.is_some_and(|left| left.is_zero()) {
        return Ok(false);
    }
    let entry = |socket: &&dyn AsRawFd| wait_for(socket.as_raw_fd(), libc::POLLIN);
    poll(&mut sockets.iter().map(entry).collect::<Vec<_>>(), left)?;
    Ok(true)
}

/// Waits until there is room to send. False when `patience` has run out.
pub(super) fn wait_writable(socket: &impl AsRawFd, patience: Duration) -> io::Result<bool> {
    let mut entry = [wait_for(socket.as_raw_fd(), libc::POLLOUT)];
    poll(&mut entry, Some(patience))?;
    Ok(entry[0].revents != 0)
}

fn wait_for(fd: RawFd, events: libc::c_short) -> libc::pollfd {
    libc::pollfd { fd, events, revents: 0 }
}

#[allow(unsafe_code, reason = "poll; SO_RCVTIMEO would do in safe code, but counts in whole jiffies")]
fn poll(entries: &mut [libc::pollfd], timeout: Option<Duration>) -> io::Result<()> {
    // Rounded up, so that the deadline has passed when the wait is over.
    let milliseconds =
        timeout.map_or(-1, |timeout| timeout.as_nanos().div_ceil(1_000_000).min(60_000) as libc::c_int);
    // SAFETY: the pointer and the count describe the entries, which outlive the call.
    let result = unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, milliseconds) };
    match io::Error::last_os_error() {
        error if result < 0 && error.kind() != io::ErrorKind::Interrupted => Err(error),
        _ => Ok(()),
    }
}

/// The error of a packet that does not fit.
pub(super) fn too_large(length: usize, what: &str) -> io::Error {
    let text = format!("a packet of {} is too large for {what}", several(length as u64, "byte"));
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// Makes the receive queue as large as the system allows, up to `size` bytes, and says how large it is. Half of what is
/// asked for is better than nothing.
pub(super) fn enlarge_receive_buffer(socket: &Socket, mut size: usize) -> io::Result<usize> {
    while socket.set_recv_buffer_size(size).is_err() && size > LARGEST {
        size /= 2;
    }
    socket.recv_buffer_size()
}

/// An error of opening `what` ("a raw socket"), with the ways out where a privilege is missing.
pub(super) fn lesson(what: &str, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let text = format!(
        "{what} needs the capability CAP_NET_RAW: run as root (sudo), give it to the program \
         (sudo setcap cap_net_raw+ep PROGRAM), or work in a network of your own (barewire lab shell)"
    );
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}
