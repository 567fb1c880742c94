//! A question that a resolver answered: what came of it, and what was sent and came for it.

use barewire_dissect::printable;
use barewire_dns::resolver::Resolution;
use barewire_dns::{EDNS_UDP_SIZE, Edns, Message, RData, Rcode, RecordType};

use crate::commands::resolve::asked::{FAILED, NOT_THERE, SILENCE};
use crate::commands::resolve::carried::Carried;
use crate::commands::resolve::found::{self, Row};

/// A question and its answer.
pub(super) struct Walked {
    /// The name as it was typed.
    pub(super) typed: String,
    pub(super) resolution: Resolution,
    pub(super) carried: Carried,
    /// The response that a client gets for it.
    pub(super) response: Message,
}

impl Walked {
    /// `with_signatures`: a client that asks for them (DO). It knows AD in any case (RFC 6840 §5.7).
    pub(super) fn new(
        typed: String,
        resolution: Resolution,
        carried: Carried,
        with_signatures: bool,
    ) -> Walked {
        let question = &resolution.question;
        let mut query = Message::query(0, question.name.clone(), question.rtype);
        query.header.ad = true;
        query.edns = with_signatures.then(|| Edns { dnssec_ok: true, ..Edns::new(EDNS_UDP_SIZE) });
        let response = resolution.response_to(&query);
        Walked { typed, resolution, carried, response }
    }

    /// The records of the answer; where there is none, those of all sections.
    pub(super) fn rows(&self) -> Vec<Row> {
        let rows = found::of_message(self.response.clone());
        match self.exit_code() {
            0 => rows.into_iter().filter(Row::is_answer).collect(),
            _ => rows,
        }
    }

    /// The exit code of the program, if this is its only question: 0 for an answer.
    pub(super) fn exit_code(&self) -> u8 {
        let rtype = self.resolution.question.rtype;
        match self.response.header.rcode {
            Rcode::NOERROR if self.response.answers.iter().any(|record| record.rtype() == rtype) => 0,
            Rcode::NOERROR if rtype == RecordType::ANY && !self.response.answers.is_empty() => 0,
            Rcode::NOERROR | Rcode::NXDOMAIN => NOT_THERE,
            _ if self.is_silence() => SILENCE,
            _ => FAILED,
        }
    }

    /// Whether somebody was asked, and nobody has said a word.
    fn is_silence(&self) -> bool {
        self.carried.sent > 0 && self.carried.received == 0
    }

    /// `www.example.test A`
    pub(super) fn title(&self) -> String {
        format!("{} {}", printable(&self.typed), self.resolution.question.rtype)
    }

    /// The exit code and the reason, for a question without an answer.
    pub(super) fn complaint(&self) -> Option<String> {
        let (name, rtype) = (&self.resolution.question.name, self.resolution.question.rtype);
        let sentence = match self.response.header.rcode {
            _ if self.exit_code() == 0 => return None,
            Rcode::NXDOMAIN => format!("{} does not exist", self.last_name()),
            Rcode::NOERROR => format!("{} has no {rtype} record", self.last_name()),
            rcode => format!("{name} {rtype}: {rcode}, because {}", self.reasons().join("; ")),
        };
        Some(format!("({}) {}", self.exit_code(), printable(&sentence)))
    }

    /// The name that the aliases lead to, or the one that was asked for.
    fn last_name(&self) -> String {
        let mut aliases = self.response.answers.iter().filter_map(|record| match &record.data {
            RData::Cname(target) => Some(target),
            _ => None,
        });
        aliases.next_back().unwrap_or(&self.resolution.question.name).to_string()
    }

    /// Why there is no answer, in the words of the extended errors.
    pub(super) fn reasons(&self) -> Vec<String> {
        if self.is_silence() {
            return vec!["no server of the root gave an answer".to_owned()];
        }
        let errors = &self.resolution.errors;
        let mut reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
        if reasons.is_empty() {
            reasons.push("no server had a use for the question; --why says more".to_owned());
        }
        reasons
    }
}
