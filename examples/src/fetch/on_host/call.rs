//! One exchange of a program with a server: over a new connection, or over one that was kept.
//!
//! Tested in `tests/proxy.rs`.

use std::net::IpAddr;
use std::time::Instant;

use barewire_tcp::{Event as TcpEvent, Host};

use super::{KeptOnHost, OnHost};
use crate::failure::{Failure, Step};
use crate::fetch::{Event, Fetch, Given, Job};

/// An exchange under way.
pub enum Call {
    /// The connection is opened for it.
    New(Box<OnHost>),
    /// The connection was there, and the answer is to be there by a moment.
    Kept(Box<KeptOnHost>, Option<Instant>),
}

impl Call {
    /// An exchange over a new connection to a server whose address is known.
    pub fn connect(now: Instant, address: IpAddr, job: Job, given: Given) -> Call {
        Call::New(Box::new(OnHost::new(Fetch::to(now, vec![address], job, given))))
    }

    /// An exchange over a connection that was kept. `None`: it takes no request any more.
    pub fn on(mut kept: KeptOnHost, job: &Job, by: Instant) -> Option<Call> {
        let body = job.body.as_deref().unwrap_or_default();
        kept.session.request(&job.request(), body).ok()?;
        Some(Call::Kept(Box::new(kept), Some(by)))
    }

    /// Whether the connection was there before: its server may have closed it meanwhile.
    pub fn was_kept(&self) -> bool {
        matches!(self, Call::Kept(..))
    }

    /// What happened, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        match self {
            Call::New(call) => call.fetch.event(),
            Call::Kept(call, _) => call.session.event(),
        }
    }

    /// All of the body that is there.
    pub fn read(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let length = match self {
                Call::New(call) => call.fetch.read(&mut buffer),
                Call::Kept(call, _) => call.session.read(&mut buffer),
            };
            if length == 0 {
                return all;
            }
            all.extend(&buffer[..length]);
        }
    }

    /// Something happened to a TCP connection of the host.
    pub fn tcp(&mut self, now: Instant, host: &mut Host, event: &TcpEvent) {
        match self {
            Call::New(call) => call.tcp(now, host, event),
            Call::Kept(call, _) => call.tcp(now, host, event),
        };
    }

    /// Does all that can be done at `now`.
    pub fn turn(&mut self, now: Instant, host: &mut Host) {
        match self {
            // An address that is known asks no DNS server.
            Call::New(call) => call.turn(now, host, &mut |_| {}),
            Call::Kept(call, by) => {
                if by.take_if(|by| *by <= now).is_some() {
                    let late = "the server did not answer in the time allowed";
                    call.session.fail(Failure::new(Step::Timeout, late));
                }
                call.turn(now, host);
            }
        }
    }

    /// When to call [`Call::turn`], if nothing happens before.
    pub fn deadline(&self) -> Option<Instant> {
        match self {
            Call::New(call) => call.deadline(),
            Call::Kept(call, by) => call.deadline().into_iter().chain(*by).min(),
        }
    }

    /// The connection of an exchange that is finished, for another one.
    pub fn keep(self, now: Instant, host: &mut Host) -> Option<KeptOnHost> {
        match self {
            Call::New(call) => call.keep(now, host),
            Call::Kept(call, _) if call.session.is_ready() => Some(*call),
            Call::Kept(call, _) => {
                call.close(now, host);
                None
            }
        }
    }

    /// Nobody waits for the answer any more.
    pub fn abandon(self, now: Instant, host: &mut Host) {
        match self {
            Call::New(mut call) => {
                call.fetch.close(now);
                call.turn(now, host, &mut |_| {});
            }
            Call::Kept(call, _) => call.close(now, host),
        }
    }
}
