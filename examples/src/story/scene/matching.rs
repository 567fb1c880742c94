//! Sightings of one packet, put together: first in, first out.
//!
//! ```text
//!   sent by A        begins a journey, or goes on with one that A has received and passes on
//!   received by B    goes on with a journey that is under way
//!   lost             ends a journey that is under way
//! ```
//!
//! Of several journeys with the same identity the one fits best whose bytes or IP identification are the same, and then
//! the oldest. A packet that was lost leaves its place at once where the file knows of it, so that a retransmission is
//! not taken for it. Where the file does not know, the oldest is a guess.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use barewire_packet::link::Way;

use super::identity::{At, Sighting};
use super::journey::{End, Journey, Stop};

/// How long a packet may be under way: RFC 9293 §3.4.3 says two minutes.
const LIFETIME: Duration = Duration::from_secs(120);
/// Journeys of one identity that are compared with a sighting. Older ones wait for their turn.
const MOST_COMPARED: usize = 64;

/// Puts sightings together. They come in the order of the file.
pub(super) struct Matcher<'a> {
    /// The host of each point.
    hosts: &'a [String],
    journeys: Vec<Journey>,
    last: Vec<Last>,
    /// Journeys that may go on, by identity, the oldest first.
    open: HashMap<u64, VecDeque<usize>>,
    /// Which host has which address, by the packets that it received as their last host.
    owners: HashMap<IpAddr, String>,
}

/// A journey's last sighting.
struct Last {
    time: Duration,
    number: u16,
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
            open: HashMap::new(),
            owners: HashMap::new(),
        }
    }

    /// The next sighting.
    pub(super) fn see(&mut self, sighting: &Sighting) {
        let found = self.best(sighting);
        match &sighting.at {
            At::Point(point, way) => {
                let journey = found.unwrap_or_else(|| self.begin(sighting, Some(*point)));
                let (frame, time) = (sighting.frame, sighting.time);
                self.journeys[journey].stops.push(Stop { point: *point, frame, way: *way, time });
                let last = &mut self.last[journey];
                (last.time, last.number, last.copy) = (time, sighting.number, sighting.copy);
                last.ends = [sighting.source, sighting.destination];
            }
            At::Lost { place, note } => {
                let journey = found.unwrap_or_else(|| self.begin(sighting, None));
                let (place, note) = (place.clone(), note.clone());
                self.journeys[journey].end =
                    End::Lost { place, note, frame: sighting.frame, time: sighting.time };
                if let Some(open) = self.open.get_mut(&sighting.identity) {
                    open.retain(|other| *other != journey);
                }
            }
        }
    }

    fn begin(&mut self, sighting: &Sighting, point: Option<usize>) -> usize {
        let index = self.journeys.len();
        let frame = sighting.frame;
        self.journeys.push(Journey { stops: Vec::new(), end: End::Missing, point, frame, destination: None });
        self.last.push(Last {
            time: sighting.time,
            number: sighting.number,
            copy: sighting.copy,
            first_destination: sighting.destination,
            ends: [sighting.source, sighting.destination],
        });
        self.open.entry(sighting.identity).or_default().push_back(index);
        index
    }

    /// The journey that the sighting belongs to, if one is open that fits.
    fn best(&mut self, sighting: &Sighting) -> Option<usize> {
        let open = self.open.get_mut(&sighting.identity)?;
        let is_old = |index: &usize| self.last[*index].time + LIFETIME < sighting.time;
        while open.front().is_some_and(is_old) {
            open.pop_front();
        }
        let open = self.open.get(&sighting.identity)?;
        let compared = open.iter().take(MOST_COMPARED).copied();
        let fits = compared.filter_map(|index| Some((self.fits(index, sighting)?, index)));
        // The best of them, and of equals the oldest.
        fits.min_by_key(|(distance, index)| (*distance, *index)).map(|(_, index)| index)
    }

    /// How badly a journey fits, if it can.
    fn fits(&self, index: usize, sighting: &Sighting) -> Option<u8> {
        let last = &self.last[index];
        let stop = self.journeys[index].stops.last();
        let host = |point: usize| self.hosts.get(point);
        let same_host = |point: usize| stop.is_some_and(|stop| host(stop.point) == host(point));
        let was_sent = stop.is_some_and(|stop| stop.way == Way::Sent);
        let other_copy = u8::from(last.copy != sighting.copy);
        let other_number = u8::from(last.number != sighting.number);
        match &sighting.at {
            At::Point(point, Way::Sent) => {
                // An echo has the same payload, and goes back to where it came from.
                let goes_back = last.ends == [sighting.destination, sighting.source];
                (same_host(*point) && !was_sent && !goes_back).then_some(2 * other_number)
            }
            At::Point(point, Way::Received) => {
                (!same_host(*point)).then_some(4 * u8::from(!was_sent) + 2 * other_number + other_copy)
            }
            At::Lost { place, .. } => {
                let here = stop.is_some_and(|stop| host(stop.point) == Some(place)) || was_sent;
                let later = u8::from(last.time != sighting.time);
                here.then_some(4 * other_number + 2 * other_copy + later)
            }
        }
    }

    /// The journeys, each with its end.
    pub(super) fn finish(mut self) -> Vec<Journey> {
        self.find_owners();
        let mut known: HashSet<&str> = HashSet::new();
        known.extend(self.owners.values().map(String::as_str));
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
