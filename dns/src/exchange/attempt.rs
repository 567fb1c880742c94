//! One way to put the question: over which protocol, with EDNS or without, and the random numbers that a reply to it
//! must match.

use rand_core::Rng;

use super::config::{Config, RandomCase};
use super::cookie::Cookie;
use super::transmit::Protocol;
use crate::edns::Edns;
use crate::message::Message;
use crate::question::Question;

/// The most ways in which one server is asked. A question goes from EDNS to none and from UDP to TCP, and never back,
/// so a server can see three. With cookies there is one more: the same with a new cookie.
const ATTEMPTS: usize = 3;

/// The random numbers of each way to ask a server.
#[derive(Clone)]
pub(crate) struct Secrets {
    attempts: Vec<Secret>,
    used: usize,
    cookie: Option<[u8; 8]>,
}

/// What a forger has to guess.
#[derive(Clone, Copy)]
struct Secret {
    id: u16,
    source_port: u16,
    /// A bit for each byte of a name, if the case of its letters is random.
    case: [u8; 32],
}

impl Secrets {
    /// Draws all of them.
    pub(crate) fn draw(config: &Config, rng: &mut dyn Rng) -> Secrets {
        let count = ATTEMPTS + usize::from(config.cookies);
        let attempts = (0..count).map(|_| Secret::draw(config, rng)).collect();
        let cookie = config.cookies.then(|| {
            let mut client = [0; 8];
            rng.fill_bytes(&mut client);
            client
        });
        Secrets { attempts, used: 0, cookie }
    }

    /// A cookie for a server that nobody knows, if cookies are used.
    pub(super) fn cookie(&self) -> Option<Cookie> {
        self.cookie.map(|client| Cookie { client, server: Vec::new() })
    }

    fn next(&mut self) -> Secret {
        let secret = self.attempts[self.used % self.attempts.len()];
        self.used += 1;
        secret
    }
}

impl Secret {
    fn draw(config: &Config, rng: &mut dyn Rng) -> Secret {
        let (id, source_port, mut case) = (rng.next_u32() as u16, source_port(rng), [0; 32]);
        if config.random_case != RandomCase::Off {
            rng.fill_bytes(&mut case);
        }
        Secret { id, source_port, case }
    }
}

// book: port
/// A random port from 1024 up (RFC 5452 §9.2).
fn source_port(rng: &mut dyn Rng) -> u16 {
    const LOWEST: u64 = 1024;
    let ports = 65_536 - LOWEST;
    (LOWEST + ((u64::from(rng.next_u32()) * ports) >> 32)) as u16
}
// book: end

/// One way to put the question.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    pub(super) protocol: Protocol,
    /// The size to name in an OPT record; `None` once the server refused a query with one.
    pub(super) edns: Option<u16>,
    pub(super) id: u16,
    pub(super) source_port: u16,
    case: [u8; 32],
}

impl Attempt {
    pub(super) fn first(config: &Config, secrets: &mut Secrets) -> Attempt {
        let protocol = if config.tcp_only { Protocol::Tcp } else { Protocol::Udp };
        Attempt::new(protocol, config.edns_udp_size, secrets)
    }

    pub(super) fn over_tcp(self, secrets: &mut Secrets) -> Attempt {
        Attempt::new(Protocol::Tcp, self.edns, secrets)
    }

    pub(super) fn without_edns(self, secrets: &mut Secrets) -> Attempt {
        Attempt::new(self.protocol, None, secrets)
    }

    /// The same way, with another ID and from another port.
    pub(super) fn renewed(self, secrets: &mut Secrets) -> Attempt {
        Attempt::new(self.protocol, self.edns, secrets)
    }

    fn new(protocol: Protocol, edns: Option<u16>, secrets: &mut Secrets) -> Attempt {
        let Secret { id, source_port, case } = secrets.next();
        Attempt { protocol, edns, id, source_port, case }
    }

    /// The question with the case of its letters as it is sent.
    pub(super) fn asks(self, question: &Question) -> Question {
        let flipped = |index: usize| self.case[index / 8 % 32] >> (index % 8) & 1 == 1;
        Question { name: question.name.with_case_flipped(flipped), ..question.clone() }
    }

    /// The question as a message.
    pub(super) fn message(self, question: &Question, config: &Config, cookie: Option<&Cookie>) -> Vec<u8> {
        let mut message = Message::query(self.id, question.name.clone(), question.rtype);
        message.questions = vec![self.asks(question)];
        message.header.rd = config.recursion_desired;
        message.header.ad = config.authentic_data;
        message.header.cd = config.checking_disabled;
        let options =
            cookie.map(Cookie::option).into_iter().chain(config.options.list().iter().cloned()).collect();
        message.edns = self.edns.map(|size| Edns { dnssec_ok: config.dnssec_ok, options, ..Edns::new(size) });
        message.encode().expect("one question, and options that were written before")
    }
}
