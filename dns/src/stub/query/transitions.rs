//! What follows from the news of an exchange: the transitions of the figure in [`stub`](crate::stub).

use std::net::SocketAddr;
use std::time::Instant;

use super::{Query, Server};
use crate::exchange::{self, End, Ending};
use crate::message::Message;
use crate::name::Name;
use crate::outcome::{MAX_ALIASES, Outcome};
use crate::record::Record;
use crate::stub::answer::Answer;
use crate::stub::error::Error;
use crate::stub::event::Event;

impl Query {
    /// Goes through the news of an exchange.
    pub(super) fn heed(&mut self, now: Instant, index: usize) {
        while let Some(event) = self.servers.get_mut(index).and_then(|server| server.exchange.event()) {
            self.remember(now, index);
            match event {
                exchange::Event::Over(end) => return self.ended(now, index, *end),
                exchange::Event::Retransmit { .. } => self.ask_next(now, Some(event)),
                exchange::Event::Ignored { .. } => self.events.push_back(Event::Exchange(event)),
                // It asks in another way, and is the one to wait for.
                _ => {
                    (self.current, self.note) = (index, None);
                    self.events.push_back(Event::Exchange(event));
                }
            }
        }
    }

    /// What an exchange knows of its server now is kept for the next lookup.
    fn remember(&mut self, now: Instant, index: usize) {
        if let Some(Server { exchange, .. }) = self.servers.get(index)
            && *exchange.known() != self.history.of(now, exchange.server())
        {
            self.history.remember(now, exchange.server(), exchange.known().clone());
        }
    }

    /// The time is up, and the server that was asked last is silent.
    pub(super) fn nobody_answered(&mut self, now: Instant) {
        if let Some(server) = self.servers.get(self.current).map(|server| server.exchange.server()) {
            let mut known = self.history.of(now, server);
            known.failed();
            self.history.remember(now, server, known);
        }
    }

    /// An exchange is over. Its reply ends the lookup, or is a reason to go on.
    fn ended(&mut self, now: Instant, index: usize, mut end: End) {
        let server = end.server;
        match end.how {
            Ending::Reply(Outcome::Answer { aliases, records, canonical }) => {
                let elapsed = now.saturating_duration_since(self.started);
                let aliases = self.aliases.drain(..).chain(aliases).collect();
                let message = end.message.unwrap_or_else(Message::empty);
                let protocol = end.protocol;
                let answer = Answer { message, server, protocol, elapsed, aliases, records, canonical };
                self.finish(Event::Answer(answer));
            }
            Ending::Reply(Outcome::Alias { aliases, target, .. }) => {
                self.follow(now, index, server, aliases, target);
            }
            Ending::Reply(Outcome::EndlessAlias { aliases, at }) => {
                self.aliases.extend(aliases);
                self.endless(server, at);
            }
            Ending::Reply(Outcome::NoData(negative)) => {
                let (question, message) =
                    (self.question.clone(), Box::new(end.message.unwrap_or_else(Message::empty)));
                self.fail(Error::NoData { question, canonical: Box::new(negative.name), server, message });
            }
            Ending::Reply(Outcome::NxDomain(negative)) => {
                let (question, message) =
                    (self.question.clone(), Box::new(end.message.unwrap_or_else(Message::empty)));
                self.fail(Error::NoSuchName { question, missing: Box::new(negative.name), server, message });
            }
            how => {
                end.how = how;
                self.servers[index].end = Some(end);
                // The late reply of an earlier server does not end the wait for the current one.
                if index == self.current {
                    self.ask_next(now, None);
                }
            }
        }
    }

    /// The reply stops at an alias, so its target is asked for (RFC 1034 §5.2.2).
    fn follow(&mut self, now: Instant, index: usize, server: SocketAddr, aliases: Vec<Record>, target: Name) {
        self.aliases.extend(aliases);
        let circle = self.aliases.iter().any(|alias| alias.name == target);
        let secrets = self.spare.pop_front().filter(|_| !circle && self.aliases.len() <= MAX_ALIASES);
        let Some(secrets) = secrets else { return self.endless(server, target) };
        self.begin(now, self.asked(), secrets);
        self.current = index;
        self.tell(Event::Target { server, target });
    }

    /// Asks the next server that is still usable. It may be the same server again, and then `again` tells why.
    fn ask_next(&mut self, now: Instant, again: Option<exchange::Event>) {
        let (from, count) = (self.current, self.servers.len());
        let next =
            (1..=count).map(|step| (from + step) % count).find(|&index| self.servers[index].end.is_none());
        let event = match (next, again) {
            (None, _) => {
                let (question, servers) = (self.asked(), self.ends(now));
                return self.fail(Error::ServersFailed { question, servers });
            }
            (Some(next), Some(again)) if next == from => Event::Exchange(again),
            (Some(next), _) => {
                self.current = next;
                // It may have been left in the middle of its wait, for the late reply of another server.
                self.servers[next].exchange.resend();
                let why = Box::new(self.servers[from].end_at(now));
                let to = self.servers[next].exchange.server();
                Event::NextServer { from: why.server, to, why }
            }
        };
        self.tell(event);
    }

    /// The event comes before the message that it explains, and is its note.
    fn tell(&mut self, event: Event) {
        self.note = Some(event.to_string());
        self.events.push_back(event);
    }

    /// How it stands with each server that was asked.
    pub(super) fn ends(&self, now: Instant) -> Vec<End> {
        let asked = self.servers.iter().filter(|server| server.exchange.sent() > 0);
        asked.map(|server| server.end_at(now)).collect()
    }

    fn endless(&mut self, server: SocketAddr, alias: Name) {
        let (question, followed) = (self.question.clone(), self.aliases.len());
        self.fail(Error::AliasChain { question, alias: Box::new(alias), followed, server });
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.finish(Event::Failed(error));
    }

    fn finish(&mut self, event: Event) {
        self.over = true;
        self.events.push_back(event);
    }
}
