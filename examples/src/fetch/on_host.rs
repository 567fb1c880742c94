//! A fetch by a program on a host of the toy internet: its stream is a connection of the host's own TCP.
//!
//! The program tells it what happens to the host, and lets it have its turn. Nothing here blocks, and any number of
//! them run on one host. [`KeptOnHost`] is the connection after the fetch, for more requests.
//!
//! Left out: DNS over TCP. A server that truncates its answer counts as unreachable. Tested in `tests/fetch_core`.

mod call;
mod kept;
mod stream;

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::stub::{Protocol, Transmit};
use barewire_tcp::{self as tcp, Host};

pub use call::Call;
pub use kept::KeptOnHost;

use super::Fetch;
use super::input::{Input, Output};
use crate::failure::{Failure, Step};
use stream::HostStream;

/// A fetch, and its connection on a host.
pub struct OnHost {
    /// The fetch itself: its events, and its body.
    pub fetch: Fetch,
    stream: Option<HostStream>,
    /// The ports that questions to DNS servers left from. Their replies come to these ports.
    ports: Vec<u16>,
}

impl OnHost {
    /// A fetch that is to run on a host.
    pub fn new(fetch: Fetch) -> OnHost {
        OnHost { fetch, stream: None, ports: Vec::new() }
    }

    /// Something happened to a TCP connection of the host. False: it is not the one of this fetch.
    pub fn tcp(&mut self, now: Instant, host: &mut Host, event: &tcp::Event) -> bool {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.is_about(event)) else { return false };
        // What came before a reset still counts.
        stream.read(host, &mut |input| self.fetch.receive(now, input));
        if let Some(input) = stream.happened(event) {
            if !matches!(input, Input::Connected) {
                self.stream = None;
            }
            self.fetch.receive(now, input);
        }
        true
    }

    /// A datagram arrived at `port` of the host. False: it is not for this fetch.
    pub fn datagram(&mut self, now: Instant, port: u16, from: SocketAddr, bytes: &[u8]) -> bool {
        let is_ours = self.ports.contains(&port);
        if is_ours {
            self.fetch.receive(now, Input::Reply { protocol: Protocol::Udp, from, bytes });
        }
        is_ours
    }

    /// Does all that can be done at `now`: reads, writes, and what the fetch says. Questions to DNS servers go to
    /// `send`. To be called after each event of the host, and at the [deadline](OnHost::deadline).
    pub fn turn(&mut self, now: Instant, host: &mut Host, send: &mut dyn FnMut(Transmit)) {
        if let Some(stream) = &self.stream {
            stream.read(host, &mut |input| self.fetch.receive(now, input));
        }
        if self.fetch.deadline().is_some_and(|deadline| deadline <= now) {
            self.fetch.on_deadline(now);
        }
        while let Some(output) = self.fetch.transmit(now) {
            self.carry_out(now, host, output, send);
        }
        if let Some(stream) = &mut self.stream {
            stream.write(host);
        }
    }

    /// When to call [`OnHost::turn`], if nothing happens before.
    pub fn deadline(&self) -> Option<Instant> {
        self.fetch.deadline()
    }

    /// The connection of a finished fetch, for more requests. `None`, and the connection is let go, if it cannot carry
    /// them.
    pub fn keep(self, now: Instant, host: &mut Host) -> Option<KeptOnHost> {
        let stream = self.stream?;
        match self.fetch.into_session() {
            Some(session) if session.is_ready() => Some(KeptOnHost::new(session, stream)),
            _ => {
                stream.release(now, host);
                None
            }
        }
    }

    fn carry_out(&mut self, now: Instant, host: &mut Host, output: Output, send: &mut dyn FnMut(Transmit)) {
        match output {
            Output::Ask(question) if question.protocol == Protocol::Udp => {
                self.ports.push(question.source_port);
                send(question);
            }
            Output::Ask(question) => {
                let why = "this host asks over UDP only".to_owned();
                let (protocol, to) = (question.protocol, question.to);
                let input = Input::Unreachable { protocol, to, question: None, why };
                self.fetch.receive(now, input);
            }
            Output::Connect(to) => match host.connect(now, to) {
                Ok(handle) => self.stream = Some(HostStream::new(handle, to)),
                Err(error) => {
                    let failure = Failure::new(Step::Connect, error.to_string());
                    self.fetch.receive(now, Input::NotConnected(failure));
                }
            },
            Output::Write(bytes) => self.stream.iter_mut().for_each(|stream| stream.queue(&bytes)),
            Output::Close => self.stream.iter_mut().for_each(HostStream::close),
            Output::Release => {
                if let Some(stream) = self.stream.take() {
                    stream.release(now, host);
                }
            }
        }
    }
}
