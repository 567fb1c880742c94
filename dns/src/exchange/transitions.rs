//! What follows from a message or an error: the transitions of the figure in [`exchange`](crate::exchange).

use std::net::SocketAddr;
use std::time::Instant;

use super::Exchange;
use super::attempt::Attempt;
use super::config::RandomCase;
use super::end::{End, Ending};
use super::event::{Event, TcpReason};
use super::ignored::Ignored;
use super::reply::{Reply, check};
use super::transmit::Protocol;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::question::Question;
use crate::rcode::Rcode;

impl Exchange {
    /// Reads a message from the server. It is the reply, or the wait goes on.
    pub(super) fn read(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        let asked = self.attempt.asks(&self.question);
        let restored = self.in_our_case(bytes, &asked);
        match check(restored.as_deref().unwrap_or(bytes), self.attempt.id, &asked) {
            Ok(reply) if restored.is_some() || self.is_in_case(&reply, &asked) => {
                match self.learn_cookie(reply.message()) {
                    Ok(()) => self.accept(now, reply),
                    Err(why) => self.ignore(from, why),
                }
            }
            Ok(_) if self.config.random_case == RandomCase::Strict => self.ignore(from, Ignored::WrongCase),
            Ok(_) => self.move_to_tcp(TcpReason::WrongCase),
            Err(why) => self.ignore(from, why),
        }
    }

    /// A reply that repeats the random case of the question, with the question as it was given to us. The names after
    /// it mostly point into the question: so they have no random letters either.
    fn in_our_case(&self, bytes: &[u8], asked: &Question) -> Option<Vec<u8>> {
        const HEADER: usize = 12;
        let (sent, ours) = (asked.name.as_wire(), self.question.name.as_wire());
        if sent == ours || !bytes.get(HEADER..)?.starts_with(sent) {
            return None;
        }
        let mut bytes = bytes.to_vec();
        bytes.get_mut(HEADER..HEADER + ours.len())?.copy_from_slice(ours);
        Some(bytes)
    }

    /// Whether a reply has the letters of the question in the case in which they were sent, if that was random. Over
    /// TCP it does not matter, and an error without the question has no letters.
    fn is_in_case(&self, reply: &Reply, asked: &Question) -> bool {
        let matters = self.config.random_case != RandomCase::Off && self.attempt.protocol == Protocol::Udp;
        !matters || reply.message().question().is_none_or(|got| got.name.same_case_as(&asked.name))
    }

    /// Checks the cookie of a reply, and keeps what the server gave.
    fn learn_cookie(&mut self, reply: &Message) -> Result<(), Ignored> {
        let (Some(cookie), true) = (&self.cookie, self.attempt.edns.is_some()) else { return Ok(()) };
        let learned = cookie.check(reply, self.attempt.protocol)?;
        self.known.cookie = learned.clone();
        if learned.is_some() {
            self.cookie = learned;
        }
        Ok(())
    }

    /// Whether replies came, and all that was wrong with one is that it lacks its cookie.
    pub(super) fn lacks_cookies(&self) -> bool {
        self.attempt.protocol == Protocol::Udp
            && self.ignored.iter().any(|(why, _)| *why == Ignored::NoCookie)
    }

    /// Takes the reply to our question. It says something, or is a reason to ask in another way.
    fn accept(&mut self, now: Instant, reply: Reply) {
        // book: accept
        // exercise: dns10
        // instead: let (Reply::Whole(message) | Reply::Truncated(message) | Reply::Broken(message, _)) = reply;
        // instead: let outcome = Outcome::of(&message, &self.question);
        // instead: self.message = Some(message);
        // instead: self.finish(now, Ending::Reply(outcome));
        let udp = self.attempt.protocol == Protocol::Udp;
        let (message, wrong) = match reply {
            Reply::Whole(message) => (message, None),
            Reply::Truncated(message) => (message, Some((TcpReason::Truncated, Ending::TruncatedOverTcp))),
            Reply::Broken(message, why) => {
                (message, Some((TcpReason::Broken(why.clone()), Ending::Broken(why))))
            }
        };
        let rcode = message.header.rcode;
        let outcome = Outcome::of(&message, &self.question);
        self.measure(now, udp);
        self.message = Some(message);
        match wrong {
            Some((why, _)) if udp => self.move_to_tcp(why),
            Some((_, ending)) => self.finish(now, ending),
            None if retreats_from_edns(rcode) && self.attempt.edns.is_some() => {
                let attempt = self.attempt.without_edns(&mut self.secrets);
                self.ask_by(attempt);
                self.again(Event::WithoutEdns { server: self.server, rcode });
            }
            None if rcode == Rcode::BADCOOKIE && self.cookie.is_some() && udp => self.renew_cookie(),
            None => self.finish(now, Ending::Reply(outcome)),
        }
        // exercise: end
        // book: end
    }

    /// Notes how long the server took to answer.
    fn measure(&mut self, now: Instant, udp: bool) {
        let once = udp && self.sent_this_way == 1;
        self.known.answered(once.then(|| now.saturating_duration_since(self.sent_at)));
    }

    pub(super) fn ignore(&mut self, from: SocketAddr, why: Ignored) {
        let kind = std::mem::discriminant(&why);
        match self.ignored.iter_mut().find(|(first, _)| std::mem::discriminant(first) == kind) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.ignored.push((why.clone(), 1)),
        }
        if self.ignored() <= self.config.max_ignored {
            self.events.push_back(Event::Ignored { from, why });
        } else if self.attempt.protocol == Protocol::Udp {
            self.move_to_tcp(TcpReason::TooManyIgnored);
        }
    }

    /// BADCOOKIE: the cookie that came with it may do. If not, the servers at this address do not agree, and TCP does
    /// without.
    fn renew_cookie(&mut self) {
        if self.renewed || self.known.cookie.as_ref().is_none_or(|cookie| cookie.server.is_empty()) {
            return self.move_to_tcp(TcpReason::BadCookie);
        }
        self.renewed = true;
        let attempt = self.attempt.renewed(&mut self.secrets);
        self.ask_by(attempt);
        self.again(Event::NewCookie { server: self.server });
    }

    /// What is sent next goes this way. Its first answer is measured again.
    fn ask_by(&mut self, attempt: Attempt) {
        (self.attempt, self.sent_this_way) = (attempt, 0);
    }

    /// Asks again, over TCP.
    pub(super) fn move_to_tcp(&mut self, why: TcpReason) {
        let attempt = self.attempt.over_tcp(&mut self.secrets);
        self.ask_by(attempt);
        self.again(Event::TcpFallback { server: self.server, why });
    }

    /// Puts the question into the outbox again.
    pub(super) fn again(&mut self, why: Event) {
        self.outbox = Some(why.to_string());
        self.events.push_back(why);
    }

    pub(super) fn finish(&mut self, now: Instant, how: Ending) {
        if helps_nobody(&how) {
            self.known.failed();
        }
        let end = self.end(now, how);
        (self.over, self.outbox) = (true, None);
        self.events.push_back(Event::Over(Box::new(end)));
    }

    pub(super) fn end(&self, now: Instant, how: Ending) -> End {
        End {
            server: self.server,
            protocol: self.attempt.protocol,
            elapsed: now.saturating_duration_since(self.begun),
            how,
            message: self.message.clone(),
            ignored: self.ignored.clone(),
        }
    }
}

/// Whether another server should be asked first the next time. SERVFAIL and NXDOMAIN are about one name only.
fn helps_nobody(how: &Ending) -> bool {
    use Outcome::{Lame, Referral, Refused};
    match how {
        Ending::Reply(outcome) => matches!(outcome, Refused(_) | Lame(_) | Referral(_)),
        Ending::Silence { .. } | Ending::Unreachable(_) | Ending::TruncatedOverTcp | Ending::Broken(_) => {
            true
        }
    }
}

/// Whether a server says with this code that it does not know EDNS (RFC 6891 §7).
fn retreats_from_edns(rcode: Rcode) -> bool {
    matches!(rcode, Rcode::FORMERR | Rcode::NOTIMP | Rcode::BADVERS)
}
