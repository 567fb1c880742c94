//! The one place where a lookup waits: poll(2), for all its sockets.

use std::collections::VecDeque;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

use super::conversation::Conversation;
use super::waker::Waker;

/// Waits until some socket is ready or the waker is called, for at most `left`. It may return early, and then the
/// caller finds nothing new.
pub(super) fn wait(conversations: &VecDeque<Conversation>, waker: Option<&Waker>, left: Duration) {
    if conversations.is_empty() && waker.is_none() {
        return std::thread::sleep(left);
    }
    let call = waker.map(|waker| PollFd::new(waker.socket(), PollFlags::IN));
    let mut sockets: Vec<PollFd<'_>> = conversations.iter().map(awaited).chain(call).collect();
    let timeout = Timespec::try_from(left).ok();
    if let Err(error) = rustix::event::poll(&mut sockets, timeout.as_ref())
        && error != rustix::io::Errno::INTR
    {
        // The kernel has no memory for it. The sockets are looked at a little later.
        std::thread::sleep(left.min(Duration::from_millis(10)));
    }
}

/// A socket, and what it waits for. That it broke is told without being asked for.
fn awaited(conversation: &Conversation) -> PollFd<'_> {
    match conversation {
        Conversation::Udp(udp) => PollFd::new(&udp.socket, PollFlags::IN),
        Conversation::Tcp(tcp) if tcp.is_to_write() => {
            PollFd::new(&tcp.stream, PollFlags::IN | PollFlags::OUT)
        }
        Conversation::Tcp(tcp) => PollFd::new(&tcp.stream, PollFlags::IN),
    }
}
