//! Names to addresses over the kernel's sockets: /etc/hosts, then our own DNS. What `os` and
//! `raw` have in common.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_dns::driver::lookup;
use barewire_dns::stub::{self, Answer, Query};
use barewire_dns::system::{self, Hosts, ResolvConf};
use barewire_dns::udp_tcp::Sockets;
use barewire_dns::{Name, RecordType};
use rand_core::Rng;

use super::made_up::DnsTap;
use super::time_left;
use crate::failure::{Failure, Step};
use crate::trace::Trace;

/// Which servers to ask, and what not to ask at all.
pub struct Names {
    conf: ResolvConf,
    hosts: Hosts,
}

impl Names {
    /// What this system says.
    pub fn of_system() -> Result<Names, Failure> {
        let (conf, hosts) = system::load().map_err(|error| {
            Failure::new(
                Step::Resolve,
                format!("{error}; without it no DNS server is known: give one with --resolver"),
            )
        })?;
        Ok(Names { conf, hosts })
    }

    /// One server, for everything.
    pub fn of_server(server: SocketAddr) -> Names {
        let conf = ResolvConf { servers: vec![server], ..ResolvConf::parse("") };
        Names { conf, hosts: Hosts::parse("") }
    }

    pub(super) fn lookup(
        &self,
        name: &str,
        records: &[RecordType],
        deadline: Option<Instant>,
        rng: &mut dyn Rng,
        trace: &Trace,
    ) -> Result<Vec<IpAddr>, Failure> {
        let candidates = self.conf.candidates(name).map_err(|error| not_a_name(name, &error))?;
        let known: Vec<IpAddr> = candidates.iter().flat_map(|name| self.hosts.lookup(name)).collect();
        let wanted = |address: &IpAddr| records.contains(&record_of(*address));
        if known.iter().any(wanted) {
            return Ok(known.into_iter().filter(wanted).collect());
        }
        let mut outcome = Err(stub::Error::NoServers);
        for candidate in &candidates {
            outcome = first_answer(records, |record| self.ask(candidate, record, deadline, rng, trace));
            if !matches!(&outcome, Err(error) if error.is_negative()) {
                break;
            }
        }
        outcome.map_err(|error| failed(&error, records, Instant::now(), deadline))
    }

    fn ask(
        &self,
        name: &Name,
        record: RecordType,
        deadline: Option<Instant>,
        rng: &mut dyn Rng,
        trace: &Trace,
    ) -> Result<Answer, stub::Error> {
        let now = Instant::now();
        let mut config = self.conf.config();
        if let Some(deadline) = deadline {
            config.total = config.total.min(deadline.saturating_duration_since(now));
        }
        let mut query = Query::new(now, name.clone(), record, self.conf.servers.clone(), config, rng);
        let mut tap = DnsTap::new(trace.clone());
        lookup(&mut query, &mut Sockets::with_tap(&mut tap))
    }
}

/// Asks for one type of record after the other, until there is an answer: a name without A records
/// may have AAAA records. Only "there is no such record" leads on to the next.
pub(super) fn first_answer(
    records: &[RecordType],
    mut ask: impl FnMut(RecordType) -> Result<Answer, stub::Error>,
) -> Result<Vec<IpAddr>, stub::Error> {
    let mut outcome = Err(stub::Error::NoServers);
    for &record in records {
        outcome = ask(record).map(|answer| answer.addresses());
        if !matches!(outcome, Err(stub::Error::NoData { .. })) {
            break;
        }
    }
    outcome
}

/// What a failed lookup of `records` is to the user: time that ran out, or a name that was not resolved.
pub(super) fn failed(
    error: &stub::Error,
    records: &[RecordType],
    now: Instant,
    deadline: Option<Instant>,
) -> Failure {
    match (time_left(now, deadline), error) {
        // The error is about the last type of record that was asked for; the others were missing as well.
        (Ok(_), stub::Error::NoData { canonical, .. }) if records.len() > 1 => {
            let names: Vec<String> = records.iter().map(|record| record.name()).collect();
            let message = format!("{canonical} exists, but has neither {} records", names.join(" nor "));
            Failure { message: format!("{message}; {}", error.rule()), ..Failure::dns(error) }
        }
        (Err(timed_out), _) => {
            Failure::io(Step::Timeout, &io::Error::new(timed_out.kind(), format!("{timed_out}: {error}")))
        }
        (Ok(_), _) => Failure::dns(error),
    }
}

/// The name in a URL that is no name for DNS.
pub(super) fn not_a_name(name: &str, error: &barewire_dns::Error) -> Failure {
    let mut failure = Failure::lesson(Step::Resolve, error);
    failure.message = format!("{name:?} cannot be looked up: {failure}");
    failure
}

fn record_of(address: IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}
