//! The blocking driver: a loop around a [`Fetch`] that does what it says, over any [`Network`].
//!
//! Tested in `tests/offline.rs` over the toy internet, and in `tests/live` against real servers.

use std::io;
use std::net::SocketAddr;

use barewire_dns::driver::{Received, Transport};
use barewire_dns::stub::Protocol;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::Fetch;
use super::event::Event;
use super::input::{Given, Input, Output};
use super::job::Job;
use super::page::Page;
use super::sink::Sink;
use super::undo::Undo;
use crate::failure::Failure;
use crate::network::{Network, Stream};

/// A fetch, and what its outputs and inputs go through.
pub(super) struct Driver<'n> {
    network: &'n mut dyn Network,
    fetch: Fetch,
    dns: Box<dyn Transport>,
    /// The DNS server that was asked last, and how.
    asked: Option<(Protocol, SocketAddr)>,
    stream: Option<Box<dyn Stream>>,
    buffer: Vec<u8>,
}

impl<'n> Driver<'n> {
    pub(super) fn new(network: &'n mut dyn Network, job: &Job) -> Driver<'n> {
        let mut seed = [0; 32];
        network.rng().fill_bytes(&mut seed);
        let given = Given {
            wall_clock: network.wall_clock(),
            rng: Box::new(ChaCha8Rng::from_seed(seed)),
            key_log: Some(network.trace().key_log()),
        };
        let fetch = Fetch::new(network.now(), job.clone(), network.names(), given);
        let dns = network.transport();
        Driver { network, fetch, dns, asked: None, stream: None, buffer: vec![0; 16 << 10] }
    }

    /// Does what the fetch says, and waits, until it has something to tell.
    pub(super) fn next_event(&mut self) -> Result<Event, Failure> {
        loop {
            match self.fetch.event() {
                Some(Event::Failed(failure)) => {
                    self.write_rest();
                    return Err(failure);
                }
                Some(event) => return Ok(event),
                None => {}
            }
            match self.fetch.transmit(self.network.now()) {
                Some(output) => self.carry_out(output),
                None => self.wait(),
            }
        }
    }

    /// One output. What becomes of it is the next input.
    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Ask(question) => {
                self.asked = Some((question.protocol, question.to));
                if let Err(error) = self.dns.send(&question) {
                    self.unreachable(&error);
                }
            }
            Output::Connect(to) => {
                let input = match self.network.connect(to, self.fetch.deadline()) {
                    Ok(stream) => {
                        self.stream = Some(stream);
                        Input::Connected
                    }
                    Err(failure) => Input::NotConnected(failure),
                };
                self.fetch.receive(self.network.now(), input);
            }
            Output::Write(bytes) => {
                let Some(stream) = &mut self.stream else { return };
                stream.set_deadline(self.fetch.deadline());
                if let Err(error) = stream.write_all(&bytes).and_then(|()| stream.flush()) {
                    self.fetch.receive(self.network.now(), Input::Unwritable(error));
                }
            }
            // The page is here: a server that says goodbye badly, or not at all, takes nothing from it.
            Output::Close => drop(self.stream.take().map(Stream::close)),
            Output::Release => self.stream = None,
        }
    }

    /// Waits for input, or for the deadline.
    fn wait(&mut self) {
        let deadline = self.fetch.deadline();
        let Some(stream) = &mut self.stream else {
            let received = self.dns.receive(deadline.unwrap_or_else(|| self.network.now()));
            let now = self.network.now();
            return match received {
                Ok(Some(Received { protocol, from, bytes })) => {
                    self.fetch.receive(now, Input::Reply { protocol, from, bytes: &bytes });
                }
                Ok(None) => self.fetch.on_deadline(now),
                Err(error) => self.unreachable(&error),
            };
        };
        // A stream that waits in vain until the deadline says so in its own words.
        stream.set_deadline(deadline);
        let read = stream.read(&mut self.buffer);
        let input = match read {
            Ok(0) => Input::End,
            Ok(length) => Input::Bytes(&self.buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return,
            Err(error) => Input::Broken(error),
        };
        self.fetch.receive(self.network.now(), input);
    }

    /// The DNS server that was asked last cannot be reached.
    fn unreachable(&mut self, error: &io::Error) {
        if let Some((protocol, to)) = self.asked {
            let input = Input::Unreachable { protocol, to, why: error.to_string() };
            self.fetch.receive(self.network.now(), input);
        }
    }

    /// Moves what has come of the body to where it belongs; that of a redirect belongs nowhere.
    pub(super) fn read_body(
        &mut self,
        page: &mut Page,
        undo: &mut Undo,
        mut sink: Option<&mut dyn Sink>,
    ) -> Result<(), Failure> {
        while let length @ 1.. = self.fetch.read(&mut self.buffer) {
            page.length += length as u64;
            undo.body(&self.buffer[..length], page, sink.as_mut().map(|sink| &mut **sink as &mut dyn Sink))?;
        }
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.fetch.close(self.network.now());
        self.write_rest();
    }

    /// Does what the fetch still has to say after its last event.
    fn write_rest(&mut self) {
        while let Some(output) = self.fetch.transmit(self.network.now()) {
            self.carry_out(output);
        }
    }
}
