//! A question that was asked: what was sent and came, what happened on the way, and how it ended.

use std::net::SocketAddr;

use barewire_dissect::printable;
use barewire_dns::driver::Direction;
use barewire_dns::exchange;
use barewire_dns::stub::{Answer, Config, End, Ending, Error, Event, Ignored};
use barewire_dns::{Message, Name, Outcome, RecordType};

use super::carried::Carried;

/// A question that was asked.
pub(super) struct Asked {
    pub(super) typed: String,
    /// The name that it ended with.
    pub(super) name: Name,
    pub(super) rtype: RecordType,
    pub(super) result: Result<Answer, Error>,
    /// The last message that belongs to the question, if one came.
    pub(super) message: Option<Message>,
    /// The targets of aliases that had to be asked for.
    pub(super) targets: Vec<Name>,
    /// What happened on the way, in sentences.
    pub(super) steps: Vec<String>,
    /// What was ignored: the first of each kind, from where, and how many there were.
    pub(super) ignored: Vec<(Ignored, SocketAddr, u32)>,
    /// How many more were ignored, after so many that nobody was told of each.
    pub(super) more_ignored: u32,
    pub(super) carried: Carried,
    /// How the question was put.
    pub(super) config: Config,
}

/// The exit codes, as --help has them.
pub(super) const NOT_THERE: u8 = 1;
pub(super) const FAILED: u8 = 3;
pub(super) const SILENCE: u8 = 9;

impl Asked {
    /// A question that is still to be asked.
    pub(super) fn new(typed: String, rtype: RecordType, config: Config) -> Asked {
        Asked {
            typed,
            name: Name::root(),
            rtype,
            result: Err(Error::NoServers),
            message: None,
            targets: Vec::new(),
            steps: Vec::new(),
            ignored: Vec::new(),
            more_ignored: 0,
            carried: Carried::default(),
            config,
        }
    }

    /// The exit code of the program, if this is its only question: 0 for an answer.
    pub(super) fn exit_code(&self) -> u8 {
        match &self.result {
            Ok(_) => 0,
            Err(error) if error.is_negative() => NOT_THERE,
            Err(Error::NoAnswer { servers, .. } | Error::ServersFailed { servers, .. }) => {
                let silent = |end: &End| matches!(end.how, Ending::Silence { .. } | Ending::Unreachable(_));
                if servers.iter().all(silent) { SILENCE } else { FAILED }
            }
            Err(_) => FAILED,
        }
    }

    /// The exit code and the reason, for a question without an answer.
    pub(super) fn complaint(&self) -> Option<String> {
        let error = self.result.as_ref().err()?;
        let sentence = self.referral().unwrap_or_else(|| error.to_string());
        Some(format!("({}) {}", self.exit_code(), printable(&sentence)))
    }

    /// Other servers, named by one that was asked for nothing else.
    fn referral(&self) -> Option<String> {
        let Err(Error::ServersFailed { question, servers }) = &self.result else { return None };
        let [End { server, how: Ending::Reply(Outcome::Referral(referral)), .. }] = &servers[..] else {
            return None;
        };
        let (name, zone) = (&question.name, &referral.zone);
        let sentence = format!("{server} knows nothing of {name} itself: it names the servers of {zone}");
        (!self.config.recursion_desired).then_some(sentence)
    }

    /// `www.example.test A`
    pub(super) fn title(&self) -> String {
        format!("{} {}", printable(&self.typed), self.rtype)
    }

    /// Notes what happened on the way.
    pub(super) fn see(&mut self, event: &Event, servers: &[SocketAddr]) {
        use exchange::Event::{Ignored, NewCookie, Over, Retransmit, TcpFallback, WithoutEdns};
        if let Event::Target { target, .. } = event {
            self.targets.push(target.clone());
        }
        let from = match event {
            Event::Answer(_) | Event::Failed(_) | Event::Exchange(Over(_)) => return,
            Event::Exchange(Ignored { from, why }) => return self.ignore(*from, why),
            Event::Exchange(
                Retransmit { server, .. }
                | TcpFallback { server, .. }
                | WithoutEdns { server, .. }
                | NewCookie { server },
            ) if servers.len() > 1 => format!("{server}, "),
            _ => String::new(),
        };
        self.steps.push(format!("{from}{event}"));
    }

    fn ignore(&mut self, from: SocketAddr, why: &Ignored) {
        let kind = std::mem::discriminant(why);
        match self.ignored.iter_mut().find(|(first, ..)| std::mem::discriminant(first) == kind) {
            Some((.., count)) => *count += 1,
            None => self.ignored.push((why.clone(), from, 1)),
        }
    }

    /// Keeps the messages, and finds the last one that belongs to the question.
    pub(super) fn end(&mut self, carried: Carried) {
        self.message = match &self.result {
            Ok(answer) => Some(answer.message().clone()),
            Err(Error::NoSuchName { message, .. } | Error::NoData { message, .. }) => {
                Some((**message).clone())
            }
            Err(Error::NoAnswer { servers, .. } | Error::ServersFailed { servers, .. }) => {
                servers.iter().rev().find_map(|end| end.message.clone())
            }
            // The reply with the circle ended it.
            Err(Error::AliasChain { .. }) => last_received(&carried),
            Err(_) => None,
        };
        self.carried = carried;
    }
}

fn last_received(carried: &Carried) -> Option<Message> {
    let last = carried.messages.iter().rfind(|passed| passed.direction == Direction::Received);
    Message::parse(&last?.bytes).ok()
}
