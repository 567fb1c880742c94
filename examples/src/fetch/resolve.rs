//! From a name to addresses: what /etc/hosts knows, then our own DNS.

use std::io;
use std::net::IpAddr;
use std::time::Instant;

use barewire_dns::driver::lookup;
use barewire_dns::stub::{self, Query};
use barewire_dns::{Name, RecordType};

use crate::failure::{Failure, Step};
use crate::network::{Network, time_left};

/// The addresses of a name, from /etc/hosts or from DNS.
pub(super) fn by_name(
    network: &mut dyn Network,
    host: &str,
    records: &[RecordType],
    deadline: Option<Instant>,
) -> Result<Vec<IpAddr>, Failure> {
    let candidates = network.names().candidates(host)?;
    let known = candidates.iter().flat_map(|name| network.names().known(name));
    let known: Vec<IpAddr> = known.filter(|address| records.contains(&record_of(*address))).collect();
    if !known.is_empty() {
        return Ok(known);
    }
    let mut outcome = Err(stub::Error::NoServers);
    for name in &candidates {
        outcome = first_answer(network, name, records, deadline);
        // Only "this name does not exist" leads on to the next one.
        if !matches!(&outcome, Err(error) if error.is_negative()) {
            break;
        }
    }
    outcome.map_err(|error| failed(&error, records, network.now(), deadline))
}

/// Asks for one type of record after the other, until there is an answer: a name without A records may have AAAA
/// records.
fn first_answer(
    network: &mut dyn Network,
    name: &Name,
    records: &[RecordType],
    deadline: Option<Instant>,
) -> Result<Vec<IpAddr>, stub::Error> {
    let mut outcome = Err(stub::Error::NoServers);
    for &record in records {
        outcome = ask(network, name, record, deadline);
        if !matches!(outcome, Err(stub::Error::NoData { .. })) {
            break;
        }
    }
    outcome
}

/// One question, and the addresses in its answer.
fn ask(
    network: &mut dyn Network,
    name: &Name,
    record: RecordType,
    deadline: Option<Instant>,
) -> Result<Vec<IpAddr>, stub::Error> {
    let now = network.now();
    let (servers, mut config) = (network.names().servers(), network.names().config());
    if let Some(deadline) = deadline {
        config.total = config.total.min(deadline.saturating_duration_since(now));
    }
    let mut query = Query::new(now, name.clone(), record, servers, config, network.rng());
    let answer = lookup(&mut query, network.transport(deadline).as_mut())?;
    Ok(answer.addresses())
}

/// What a failed lookup of `records` is to the user: time that ran out, or a name that was not resolved.
fn failed(error: &stub::Error, records: &[RecordType], now: Instant, deadline: Option<Instant>) -> Failure {
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

fn record_of(address: IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}
