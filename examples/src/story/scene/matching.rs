//! Sightings of one packet, put together: first in, first out.
//!
//! ```text
//!   sent by A        begins a journey, or goes on with one that A has received and passes on
//!   received by B    goes on with a journey that is under way
//!   lost             ends a journey that is under way
//! ```
//!
//! Of several journeys with the same identity the one fits best that has no fewer hops left, and the same options,
//! number and bytes; of equals the oldest. A packet that was lost leaves its place at once where the file knows of
//! it, so that a retransmission is not taken for it. Where the file does not know, the oldest is a guess.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use barewire_packet::link::Way;

use super::identity::{At, Sighting};
use super::journey::{End, Journey, Stop};

/// How long a packet may be under way: RFC 9293 §3.4.3 says two minutes.
const LIFETIME: Duration = Duration::from_secs(120);
/// Journeys of one identity that are compared with a sighting.
const MOST_COMPARED: usize = 64;

/// Puts sightings together. They come in the order of the file.
pub(super) struct Matcher<'a> {
    /// The host of each point.
    hosts: &'a [String],
    journeys: Vec<Journey>,
    last: Vec<Last>,
    /// Journeys that were sent last and may arrive, by identity, the oldest first.
    under_way: HashMap<u64, VecDeque<usize>>,
    /// Journeys that arrived last and may be passed on, in the same way.
    arrived: HashMap<u64, VecDeque<usize>>,
    /// Which host has which address, by the packets that it received as their last host.
    owners: HashMap<IpAddr, String>,
}

/// A journey's last sighting.
struct Last {
    time: Duration,
    occasion: u64,
    hops: u8,
    copy: u64,
    first_destination: IpAddr,
    ends: [IpAddr; 2],
}

impl<'a> Matcher<'a> {
    pub(super) fn new(hosts: &'a [String]) -> Matcher<'a> {
        Matcher {
            hosts,
            journeys: Vec::new(),
            last: Vec::new(),
            under_way: HashMap::new(),
            arrived: HashMap::new(),
            owners: HashMap::new(),
        }
    }

    /// The next sighting.
    pub(super) fn see(&mut self, sighting: &Sighting) {
        let found = self.take_best(sighting);
        let (frame, time) = (sighting.frame, sighting.time);
        match &sighting.at {
            At::Point(point, way) => {
                let journey = found.unwrap_or_else(|| self.begin(sighting, Some(*point)));
                self.journeys[journey].stops.push(Stop { point: *point, frame, way: *way, time });
                let last = &mut self.last[journey];
                (last.time, last.occasion, last.copy) = (time, sighting.occasion, sighting.copy);
                last.hops = sighting.hops;
                last.ends = [sighting.source, sighting.destination];
                let open = if *way == Way::Sent { &mut self.under_way } else { &mut self.arrived };
                open.entry(sighting.identity).or_default().push_back(journey);
            }
            At::Lost { place, note } => {
                let journey = found.unwrap_or_else(|| self.begin(sighting, None));
                let (place, note) = (place.clone(), note.clone());
                self.journeys[journey].end = End::Lost { place, note, frame, time };
            }
        }
    }

    fn begin(&mut self, sighting: &Sighting, point: Option<usize>) -> usize {
        let frame = sighting.frame;
        self.journeys.push(Journey { stops: Vec::new(), end: End::Missing, point, frame, destination: None });
        self.last.push(Last {
            time: sighting.time,
            occasion: sighting.occasion,
            hops: sighting.hops,
            copy: sighting.copy,
            first_destination: sighting.destination,
            ends: [sighting.source, sighting.destination],
        });
        self.journeys.len() - 1
    }

    /// The journey that the sighting belongs to, if one fits. It is no longer open.
    fn take_best(&mut self, sighting: &Sighting) -> Option<usize> {
        for open in [&mut self.under_way, &mut self.arrived] {
            let Some(open) = open.get_mut(&sighting.identity) else { continue };
            let is_old = |index: &usize| self.last[*index].time + LIFETIME < sighting.time;
            while open.front().is_some_and(is_old) {
                open.pop_front();
            }
        }
        let (from, at) = self.best(sighting)?;
        let open = if from == Way::Sent { &mut self.under_way } else { &mut self.arrived };
        open.get_mut(&sighting.identity)?.remove(at)
    }

    /// Where the journey is that fits best, and of equals the first.
    fn best(&self, sighting: &Sighting) -> Option<(Way, usize)> {
        let open = |from: Way| {
            let open = if from == Way::Sent { &self.under_way } else { &self.arrived };
            let open = open.get(&sighting.identity)?;
            // What arrives was mostly sent first of all; what is passed on has mostly just arrived.
            let start = if from == Way::Sent { 0 } else { open.len().saturating_sub(MOST_COMPARED) };
            let compared = open.iter().enumerate().skip(start).take(MOST_COMPARED);
            compared.filter_map(|(at, index)| Some((self.fits(*index, sighting)?, at))).min()
        };
        match (open(Way::Sent), open(Way::Received)) {
            (Some((distance, at)), other) if other.is_none_or(|(other, _)| distance <= other) => {
                Some((Way::Sent, at))
            }
            (_, other) => other.map(|(_, at)| (Way::Received, at)),
        }
    }

    /// How badly a journey fits, if it can.
    fn fits(&self, index: usize, sighting: &Sighting) -> Option<u8> {
        let last = &self.last[index];
        let stop = self.journeys[index].stops.last()?;
        let host = |point: usize| self.hosts.get(point);
        let is_under_way = stop.way == Way::Sent;
        let is_copy = last.copy == sighting.copy;
        let other_occasion = last.occasion != sighting.occasion;
        // Routers count hops down.
        let more_hops = sighting.hops > last.hops;
        match &sighting.at {
            At::Point(point, Way::Sent) => {
                // An echo has the same payload, and goes back to where it came from.
                let goes_back = last.ends == [sighting.destination, sighting.source];
                let fits = host(stop.point) == host(*point) && !is_under_way && !goes_back;
                fits.then_some(distance(&[more_hops, other_occasion]))
            }
            At::Point(point, Way::Received) => {
                let distance = distance(&[more_hops, !is_under_way, other_occasion, !is_copy]);
                (host(stop.point) != host(*point)).then_some(distance)
            }
            At::Lost { place, .. } => {
                let fits = is_under_way || host(stop.point) == Some(place);
                let later = last.time != sighting.time;
                fits.then_some(distance(&[more_hops, other_occasion, !is_copy, later]))
            }
        }
    }

    /// The journeys, each with its end.
    pub(super) fn finish(mut self) -> Vec<Journey> {
        self.find_owners();
        for (journey, last) in self.journeys.iter_mut().zip(&self.last) {
            let received = journey.stops.last().filter(|stop| stop.way == Way::Received);
            let at = received.and_then(|stop| self.hosts.get(stop.point));
            let owner =
                || self.owners.get(&last.ends[1]).or_else(|| self.owners.get(&last.first_destination));
            journey.destination = match journey.end {
                End::Lost { .. } => owner().cloned(),
                _ => at.cloned().or_else(|| owner().cloned()),
            };
            if let End::Missing = journey.end {
                journey.end = match (received, &journey.destination) {
                    (Some(_), _) => End::Arrived,
                    (None, Some(_)) => End::Missing,
                    (None, None) => End::Beyond,
                };
            }
        }
        self.journeys
    }

    /// Learns who has which address: a packet ends at the host that it was for.
    fn find_owners(&mut self) {
        for (journey, last) in self.journeys.iter().zip(&self.last) {
            let Some(stop) = journey.stops.last().filter(|_| !matches!(journey.end, End::Lost { .. })) else {
                continue;
            };
            let Some(host) = self.hosts.get(stop.point).filter(|_| stop.way == Way::Received) else {
                continue;
            };
            for address in [last.ends[1], last.first_destination] {
                self.owners.entry(address).or_insert_with(|| host.clone());
            }
        }
    }
}

/// A number of what speaks against a match, the weightiest first.
fn distance(against: &[bool]) -> u8 {
    against.iter().fold(0, |sum, against| 2 * sum + u8::from(*against))
}
