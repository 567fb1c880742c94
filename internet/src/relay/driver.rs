//! The loop around a relay (Linux): frames from two devices into it, and out of it, in one thread.
//!
//! It sleeps in `ppoll` until a frame comes or the relay's deadline does, which Linux keeps to about 50 µs. It changes
//! nothing on the machine: when it ends, however it ends, its two descriptors are closed and nothing is left. Tested
//! live, by `tests/kernel` of `barewire-tcp` and `tests/live` of `examples`.

mod ethernet;
mod tun;

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Framing, Relay, Side};

pub use ethernet::Ethernet;

/// How often the caller is asked whether to go on, though nothing comes in.
const ASK: Duration = Duration::from_millis(100);
/// How many packets of one side are taken before the other side has its turn.
const BATCH: usize = 64;

/// One end of a relay: a device that gives frames and takes them.
pub trait End {
    /// What its frames begin with.
    fn framing(&self) -> Framing;

    /// What to wait on for a frame.
    fn descriptor(&self) -> BorrowedFd<'_>;

    /// The next frame that waits, or the frames that one packet of the host is cut into; none if none waits.
    ///
    /// # Errors
    /// What the system says: the device is gone, most likely.
    fn receive(&mut self) -> io::Result<Vec<Vec<u8>>>;

    /// Sends a frame.
    ///
    /// # Errors
    /// What the system says: the frame is too large, or the device is down or has no room.
    fn send(&mut self, frame: &[u8]) -> io::Result<()>;

    /// Whether the device is still there. It is asked after every turn.
    ///
    /// # Errors
    /// The device is gone.
    fn check(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// How many frames came for which the system had no room. `None`: it does not say.
    fn overflowed(&mut self) -> Option<u64> {
        None
    }
}

/// How many frames a device did not take, and why it did not take the last of them.
#[derive(Debug, Default)]
pub struct Refused {
    /// How many.
    pub frames: u64,
    /// What the system said.
    pub why: Option<io::Error>,
}

/// Relays between a left and a right end for as long as `goes_on` says so: it is asked after every turn, and every
/// 100 ms. Gives what the ends did not take, the left one first.
///
/// # Errors
/// A device is gone.
pub fn run(
    relay: &mut Relay,
    ends: &mut [Box<dyn End>; 2],
    goes_on: &mut dyn FnMut(&Relay) -> bool,
) -> io::Result<[Refused; 2]> {
    let mut refused = <[Refused; 2]>::default();
    while goes_on(relay) {
        while let Some((side, frame)) = relay.transmit(Instant::now()) {
            // A device that has no room has lost the frame, as a real one does.
            if let Err(why) = ends[side as usize].send(&frame) {
                let refused = &mut refused[side as usize];
                (refused.frames, refused.why) = (refused.frames + 1, Some(why));
            }
        }
        ends.iter_mut().try_for_each(|end| end.check())?;
        let ready = wait(ends, relay.deadline())?;
        for side in Side::BOTH.into_iter().filter(|side| ready[*side as usize]) {
            for _ in 0..BATCH {
                let frames = ends[side as usize].receive()?;
                if frames.is_empty() {
                    break;
                }
                frames.into_iter().for_each(|frame| relay.receive(Instant::now(), side, frame));
            }
        }
    }
    Ok(refused)
}

/// Waits for a frame, for the deadline, or until it is time to ask again. Says at which ends there is one.
fn wait(ends: &[Box<dyn End>; 2], deadline: Option<Instant>) -> io::Result<[bool; 2]> {
    let time = deadline.map_or(ASK, |deadline| deadline.saturating_duration_since(Instant::now()).min(ASK));
    let mut polls = ends.each_ref().map(|end| PollFd::from_borrowed_fd(end.descriptor(), PollFlags::IN));
    let time = Timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
    match poll(&mut polls, Some(&time)) {
        Ok(_) => Ok(polls.map(|poll| !poll.revents().is_empty())),
        Err(rustix::io::Errno::INTR) => Ok([false; 2]),
        Err(error) => Err(error.into()),
    }
}
