//! A thread that turns a stack while its program does something else. On a real link time goes on: without the thread
//! nobody acknowledges, sends again or answers until the program calls.
//!
//! Tested in `tests/background.rs`.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::driver::stack::Stack;

/// How long the thread waits for a packet before it lets a caller have a turn.
const TURN: Duration = Duration::from_millis(2);

/// The thread of a stack. It ends when this is dropped.
#[derive(Debug)]
pub struct StackThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Stack {
    /// Gives the stack a thread of its own, so that the protocol runs while the program does not call. A call may then
    /// wait up to 2 ms for its turn.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] on a simulated wire: its time passes only while somebody waits, so no thread is
    /// needed. Else what the system says when it has no thread left.
    pub fn spawn(&self) -> io::Result<StackThread> {
        if !self.runs_in_real_time() {
            let text = "on a simulated wire time passes only while somebody waits, so no thread is needed";
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (stack, stopped) = (self.clone(), stop.clone());
        let run = move || {
            let _lead = stack.turns.lead();
            while !stopped.load(Ordering::Relaxed) {
                stack.turn(Some(stack.now() + TURN))?;
            }
            Ok(())
        };
        let thread = std::thread::Builder::new().name("tcp".to_owned()).spawn(run)?;
        Ok(StackThread { stop, thread: Some(thread) })
    }
}

impl StackThread {
    /// Ends the thread.
    ///
    /// # Errors
    /// That of the link on which the thread had ended before.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread of the stack panicked")))
    }
}

impl Drop for StackThread {
    fn drop(&mut self) {
        // A caller that wants to know how it ended calls `stop`.
        let _ = self.end();
    }
}
