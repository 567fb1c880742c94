//! The one place where a lookup waits: poll(2), for all its sockets.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

use super::conversation::Conversation;
use super::waker::Waker;

/// Waits until some socket is ready or the waker is called, for at most `left`. Gives the numbers of those that are. It
/// may return early, and then nothing is new.
pub(super) fn wait(
    conversations: &BTreeMap<u64, Conversation>,
    waker: Option<&Waker>,
    left: Duration,
) -> Vec<u64> {
    if conversations.is_empty() && waker.is_none() {
        std::thread::sleep(left);
        return Vec::new();
    }
    let call = waker.map(|waker| PollFd::new(waker.socket(), PollFlags::IN));
    let mut sockets: Vec<PollFd<'_>> = conversations.values().map(awaited).chain(call).collect();
    let timeout = Timespec::try_from(left).ok();
    if let Err(error) = rustix::event::poll(&mut sockets, timeout.as_ref())
        && error != rustix::io::Errno::INTR
    {
        // The kernel has no memory for it. All sockets are looked at a little later.
        std::thread::sleep(left.min(Duration::from_millis(10)));
        return conversations.keys().copied().collect();
    }
    let ready = |(number, socket): (&u64, &PollFd<'_>)| (!socket.revents().is_empty()).then_some(*number);
    conversations.keys().zip(&sockets).filter_map(ready).collect()
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
