//! One exchange with the origin: over a connection that was kept, or over a new one. Tested in `tests/proxy.rs`.

use std::net::IpAddr;
use std::time::Instant;

use barewire_tcp::{Event as TcpEvent, Host};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::failure::{Failure, Step};
use crate::fetch::{Event, Fetch, Given, Job, KeptOnHost, OnHost};
use crate::services::certificates;
use crate::services::program::Sockets;

/// An exchange with the origin.
pub(super) enum Origin {
    /// The connection is opened for it.
    New(Box<OnHost>),
    /// The connection was there, and the answer is to be there by a moment.
    Kept(Box<KeptOnHost>, Option<Instant>),
}

impl Origin {
    /// An exchange over a new connection.
    pub(super) fn connect(now: Instant, address: IpAddr, job: Job) -> Origin {
        // Plain HTTP to an address that is known needs neither random numbers nor the time of day.
        let rng = Box::new(ChaCha8Rng::seed_from_u64(0));
        let given = Given { wall_clock: certificates::epoch(), rng, key_log: None };
        Origin::New(Box::new(OnHost::new(Fetch::to(now, vec![address], job, given))))
    }

    /// An exchange over a connection that was kept. `None`: it takes no request any more.
    pub(super) fn on(mut kept: KeptOnHost, job: &Job, by: Instant) -> Option<Origin> {
        let body = job.body.as_deref().unwrap_or_default();
        kept.session.request(&job.request(), body).ok()?;
        Some(Origin::Kept(Box::new(kept), Some(by)))
    }

    pub(super) fn was_kept(&self) -> bool {
        matches!(self, Origin::Kept(..))
    }

    pub(super) fn event(&mut self) -> Option<Event> {
        match self {
            Origin::New(origin) => origin.fetch.event(),
            Origin::Kept(origin, _) => origin.session.event(),
        }
    }

    /// All of the body that is there.
    pub(super) fn read(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let length = match self {
                Origin::New(origin) => origin.fetch.read(&mut buffer),
                Origin::Kept(origin, _) => origin.session.read(&mut buffer),
            };
            if length == 0 {
                return all;
            }
            all.extend(&buffer[..length]);
        }
    }

    pub(super) fn tcp(&mut self, now: Instant, host: &mut Host, event: &TcpEvent) {
        match self {
            Origin::New(origin) => origin.tcp(now, host, event),
            Origin::Kept(origin, _) => origin.tcp(now, host, event),
        };
    }

    pub(super) fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        match self {
            // An address that is known asks no DNS server.
            Origin::New(origin) => origin.turn(now, &mut sockets.tcp, &mut |_| {}),
            Origin::Kept(origin, by) => {
                if by.take_if(|by| *by <= now).is_some() {
                    let late = "the origin did not answer in the time allowed";
                    origin.session.fail(Failure::new(Step::Timeout, late));
                }
                origin.turn(now, &mut sockets.tcp);
            }
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Origin::New(origin) => origin.deadline(),
            Origin::Kept(origin, by) => origin.deadline().into_iter().chain(*by).min(),
        }
    }

    /// The connection of an exchange that is finished, for another one.
    pub(super) fn keep(self, now: Instant, host: &mut Host) -> Option<KeptOnHost> {
        match self {
            Origin::New(origin) => origin.keep(now, host),
            Origin::Kept(origin, _) if origin.session.is_ready() => Some(*origin),
            Origin::Kept(origin, _) => {
                origin.close(now, host);
                None
            }
        }
    }

    /// Nobody waits for the answer any more.
    pub(super) fn abandon(self, now: Instant, sockets: &mut Sockets) {
        match self {
            Origin::New(mut origin) => {
                origin.fetch.close(now);
                origin.turn(now, &mut sockets.tcp, &mut |_| {});
            }
            Origin::Kept(origin, _) => origin.close(now, &mut sockets.tcp),
        }
    }
}
