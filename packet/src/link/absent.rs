//! A link that this operating system does not offer. It cannot be opened, so nobody ever has one.
//!
//! The links that only Linux has are types of their own there. Elsewhere each is an [`Absent`] with a mark, so that
//! programs compile, and `open` says why it fails. Compiled with the page, for WebAssembly.

use std::convert::Infallible;
use std::io;
use std::marker::PhantomData;
use std::time::Instant;

use super::Link;

/// A link of the kind `Mark` that is not there.
#[derive(Debug)]
pub struct Absent<Mark>(Infallible, PhantomData<Mark>);

impl<Mark> Absent<Mark> {
    /// What a function of it gives that is never called.
    pub(super) fn never<T>(&self) -> T {
        match self.0 {}
    }
}

/// The error of opening one: [`io::ErrorKind::Unsupported`], and why.
pub(super) fn unsupported<T>(why: &str) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}

impl<Mark: Send> Link for Absent<Mark> {
    fn now(&self) -> Instant {
        self.never()
    }

    fn mtu(&self) -> usize {
        self.never()
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        self.never()
    }

    fn receive(&mut self, _: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.never()
    }
}
