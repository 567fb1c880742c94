//! A fetch by a program on a host of the toy internet: its stream is a connection of the host's own TCP.
//!
//! The program tells it what happens to the host, and lets it have its turn. Nothing here blocks, and any number of
//! them run on one host.
//!
//! Left out: DNS over TCP. A server that truncates its answer counts as unreachable. Tested in `tests/fetch_core.rs`.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::stub::{Protocol, Transmit};
use barewire_tcp::{self as tcp, Handle, Host};

use super::Fetch;
use super::input::{Input, Output};
use crate::failure::{Failure, Step};

/// A fetch, and its connection on a host.
pub struct OnHost {
    /// The fetch itself: its events, and its body.
    pub fetch: Fetch,
    stream: Option<HostStream>,
    /// The port that the last question to a DNS server left from: its reply comes to this port.
    port: u16,
}

/// The connection.
struct HostStream {
    handle: Handle,
    remote: SocketAddr,
    is_open: bool,
    /// Bytes that TCP has not taken yet.
    unsent: Vec<u8>,
    /// Whether our direction ends after them.
    closing: bool,
}

impl OnHost {
    /// A fetch that is to run on a host.
    pub fn new(fetch: Fetch) -> OnHost {
        OnHost { fetch, stream: None, port: 0 }
    }

    /// Something happened to a TCP connection of the host. False: it is not the one of this fetch.
    pub fn tcp(&mut self, now: Instant, event: &tcp::Event) -> bool {
        use tcp::Event::{
            Accepted, Closed, Connected, PeerClosed, Readable, Refused, Reset, TimedOut, Writable,
        };
        let (Accepted { handle, .. }
        | Closed(handle)
        | Connected(handle)
        | PeerClosed(handle)
        | Readable(handle)
        | Refused(handle)
        | Reset(handle)
        | TimedOut(handle)
        | Writable(handle)) = event;
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.handle == *handle) else {
            return false;
        };
        match event {
            Connected(_) => {
                stream.is_open = true;
                self.fetch.receive(now, Input::Connected);
            }
            Refused(_) | Reset(_) | TimedOut(_) => {
                let failed = broken(event, stream.remote);
                let input = if stream.is_open {
                    Input::Broken(failed)
                } else {
                    Input::NotConnected(Failure::io(Step::Connect, &failed))
                };
                self.stream = None;
                self.fetch.receive(now, input);
            }
            _ => {}
        }
        true
    }

    /// A datagram arrived at `port`. False: it is not for this fetch.
    pub fn datagram(&mut self, now: Instant, port: u16, from: SocketAddr, bytes: &[u8]) -> bool {
        if port != self.port || port == 0 {
            return false;
        }
        self.fetch.receive(now, Input::Reply { protocol: Protocol::Udp, from, bytes });
        true
    }

    /// Does all that can be done at `now`: reads, writes, and what the fetch says. Questions to DNS servers go to
    /// `send`. To be called after each event of the host, and at the [deadline](OnHost::deadline).
    pub fn turn(&mut self, now: Instant, host: &mut Host, send: &mut dyn FnMut(Transmit)) {
        if self.fetch.deadline().is_some_and(|deadline| deadline <= now) {
            self.fetch.on_deadline(now);
        }
        self.read(now, host);
        while let Some(output) = self.fetch.transmit(now) {
            self.carry_out(now, host, output, send);
        }
        self.write(host);
    }

    /// When to call [`OnHost::turn`], if nothing happens before.
    pub fn deadline(&self) -> Option<Instant> {
        self.fetch.deadline()
    }

    fn carry_out(&mut self, now: Instant, host: &mut Host, output: Output, send: &mut dyn FnMut(Transmit)) {
        match output {
            Output::Ask(question) if question.protocol == Protocol::Udp => {
                self.port = question.source_port;
                send(question);
            }
            Output::Ask(question) => {
                let why = "this host asks over UDP only".to_owned();
                let input = Input::Unreachable { protocol: question.protocol, to: question.to, why };
                self.fetch.receive(now, input);
            }
            Output::Connect(to) => match host.connect(now, to) {
                Ok(handle) => {
                    let (is_open, unsent, closing) = (false, Vec::new(), false);
                    self.stream = Some(HostStream { handle, remote: to, is_open, unsent, closing });
                }
                Err(error) => {
                    let failure = Failure::new(Step::Connect, error.to_string());
                    self.fetch.receive(now, Input::NotConnected(failure));
                }
            },
            Output::Write(bytes) => {
                if let Some(stream) = &mut self.stream {
                    stream.unsent.extend(bytes);
                }
            }
            Output::Close => {
                if let Some(stream) = &mut self.stream {
                    stream.closing = true;
                }
            }
            Output::Release => {
                self.write(host);
                if let Some(stream) = self.stream.take() {
                    host.release(now, stream.handle);
                }
            }
        }
    }

    /// Hands in what the connection has received.
    fn read(&mut self, now: Instant, host: &mut Host) {
        let Some(stream) = self.stream.as_ref().filter(|stream| stream.is_open) else { return };
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = host.read(stream.handle, &mut buffer) {
            self.fetch.receive(now, Input::Bytes(&buffer[..length]));
        }
        if host.peer_has_closed(stream.handle) {
            self.fetch.receive(now, Input::End);
        }
    }

    /// Gives TCP as much as it takes, and the end after it.
    fn write(&mut self, host: &mut Host) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.is_open) else { return };
        if let Ok(taken) = host.write(stream.handle, &stream.unsent) {
            stream.unsent.drain(..taken);
        }
        if stream.closing && stream.unsent.is_empty() {
            host.close(stream.handle);
        }
    }
}

/// How a connection ended, as an error of std's kind.
fn broken(event: &tcp::Event, remote: SocketAddr) -> io::Error {
    let (kind, text) = match event {
        tcp::Event::Refused(_) => (
            io::ErrorKind::ConnectionRefused,
            format!(
                "{remote} answered our SYN with a reset: nobody listens on that port (RFC 9293 §3.10.7.1)"
            ),
        ),
        tcp::Event::Reset(_) => (
            io::ErrorKind::ConnectionReset,
            format!("{remote} reset the connection: it does not know it, or does not want it any more"),
        ),
        _ => (
            io::ErrorKind::TimedOut,
            format!("{remote} does not answer, however often it is asked (RFC 9293 §3.8.3)"),
        ),
    };
    io::Error::new(kind, text)
}
