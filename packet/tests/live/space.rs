//! A network namespace for as long as a thread lives: it has no name, and nothing of it is left.
//!
//! ```text
//!     left 10.91.0.1, fd91::1  eth0 ──veth── eth0  right 10.91.0.2, fd91::2
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::Command;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use crate::need;

type Job = Box<dyn FnOnce() + Send>;

/// A thread in a network namespace of its own, which does jobs. What it opens, and what it starts, is there.
pub(crate) struct Space {
    jobs: Option<Sender<Job>>,
    /// The namespace, for tools.
    path: String,
    thread: Option<JoinHandle<()>>,
}

impl Space {
    /// A namespace with a loopback device that is up, or nothing where root or a tool is missing.
    pub(crate) fn raise(test: &str, tools: &[&str]) -> Option<Space> {
        if !need::can_run(test, &[&["ip"], tools].concat()) {
            return None;
        }
        let space = Space::new();
        space.ip("link set lo up");
        Some(space)
    }

    fn new() -> Space {
        let (jobs, inbox) = channel::<Job>();
        let (say, path) = channel();
        let thread = thread::spawn(move || {
            leave_network();
            let me = std::fs::read_link("/proc/thread-self").expect("this thread, in /proc");
            say.send(format!("/proc/{}/ns/net", me.display())).expect("somebody who waits");
            inbox.iter().for_each(|job| job());
        });
        let path = path.recv().expect("a namespace");
        Space { jobs: Some(jobs), path, thread: Some(thread) }
    }

    /// Does something there, and gives back what it gives.
    pub(crate) fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> T {
        let (say, answer) = channel();
        let job = move || say.send(catch_unwind(AssertUnwindSafe(job))).expect("somebody who waits");
        self.jobs.as_ref().and_then(|jobs| jobs.send(Box::new(job)).ok()).expect("a thread that does jobs");
        answer.recv().expect("an answer").unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Runs a command there, which must succeed.
    pub(crate) fn must(&self, words: &str) {
        let words = words.to_owned();
        self.run(move || {
            let mut parts = words.split_whitespace();
            let output = Command::new(parts.next().expect("a program")).args(parts).output();
            let output = output.unwrap_or_else(|error| panic!("{words}: {error}"));
            assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        });
    }

    /// Lays a wire to another one. Both devices are up.
    pub(crate) fn wire(&self, device: &str, other: &Space, its_device: &str) {
        self.ip(&format!("link add {device} type veth peer name {its_device} netns {}", other.path));
        self.ip(&format!("link set {device} up"));
        other.ip(&format!("link set {its_device} up"));
    }

    /// Runs `ip` there.
    pub(crate) fn ip(&self, words: &str) {
        self.must(&format!("ip {words}"));
    }

    /// Sets a variable of the kernel there: `net/ipv4/ip_forward`.
    #[allow(dead_code, reason = "not in each test program that has this file")]
    pub(crate) fn set(&self, variable: &str, value: &str) {
        let (file, value) = (format!("/proc/sys/{variable}"), value.to_owned());
        self.run(move || std::fs::write(&file, value).unwrap_or_else(|error| panic!("{file}: {error}")));
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Two namespaces with a wire between them.
pub(crate) struct Pair {
    pub(crate) left: Space,
    pub(crate) right: Space,
}

impl Pair {
    /// The pair, or nothing where root or a tool is missing.
    pub(crate) fn raise(test: &str, tools: &[&str]) -> Option<Pair> {
        let (left, right) = (Space::raise(test, tools)?, Space::raise(test, tools)?);
        left.wire("eth0", &right, "eth0");
        for (space, number) in [(&left, 1), (&right, 2)] {
            space.ip(&format!("addr add 10.91.0.{number}/24 dev eth0"));
            // Nobody else has the address, so nobody is asked for it.
            space.ip(&format!("addr add fd91::{number}/64 dev eth0 nodad"));
        }
        Some(Pair { left, right })
    }
}

/// Moves this thread, and no other, into a new network namespace.
#[allow(unsafe_code, reason = "unshare")]
fn leave_network() {
    // SAFETY: it takes a number and no pointer.
    let result = unsafe { libc::unshare(libc::CLONE_NEWNET) };
    assert_eq!(result, 0, "unshare: {}", std::io::Error::last_os_error());
}

/// Takes all capabilities from this thread, and no other.
#[allow(unsafe_code, reason = "capset")]
pub(crate) fn without_privilege() {
    /// _LINUX_CAPABILITY_VERSION_3
    const VERSION: u32 = 0x2008_0522;
    let (header, none) = ([VERSION, 0], [0u32; 6]);
    // SAFETY: both pointers are to structures of the size that this version has.
    let result = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) };
    assert_eq!(result, 0, "capset: {}", std::io::Error::last_os_error());
}
