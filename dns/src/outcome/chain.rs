//! The way from the name asked for to the records, along its aliases (RFC 1034 §3.6.2).
//!
//! The records of the answer section may stand in any order, so each step looks through all of them. A record of
//! another class says nothing about the question.

use crate::class::Class;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;

/// How many aliases are followed. A longer chain counts as endless.
pub const MAX_ALIASES: usize = 16;

/// Where the aliases lead.
pub(super) enum Chain {
    /// To the records asked for.
    Records { aliases: Vec<Record>, records: Vec<Record>, canonical: Name },
    /// To a name without such records in the message.
    Nothing { aliases: Vec<Record>, at: Name },
    /// In a circle, or on and on.
    Endless { aliases: Vec<Record>, at: Name },
}

/// Follows the aliases of the name asked for.
pub(super) fn follow(message: &Message, question: &Question) -> Chain {
    let wanted = |rtype| rtype == question.rtype || question.rtype == RecordType::ANY;
    // In multicast DNS the top bit is not a part of the class.
    let class = question.class.without_top_bit();
    let of_class = |record: &&Record| class == Class::ANY || record.class.without_top_bit() == class;
    let (mut at, mut aliases) = (question.name.clone(), Vec::new());
    // exercise: dns06
    // instead: let here = message.answers.iter().filter(|record| record.name == at);
    // instead: let records: Vec<Record> = here.filter(|record| wanted(record.rtype())).cloned().collect();
    // instead: if records.is_empty() { return Chain::Nothing { aliases, at }; }
    // instead: Chain::Records { aliases, records, canonical: at }
    loop {
        let here = || message.answers.iter().filter(of_class).filter(|record| record.name == at);
        let records: Vec<Record> = here().filter(|record| wanted(record.rtype())).cloned().collect();
        if !records.is_empty() {
            return Chain::Records { aliases, records, canonical: at };
        }
        let alias = here().find_map(|record| match &record.data {
            RData::Cname(target) => Some((record.clone(), target.clone())),
            _ => None,
        });
        match alias {
            None => return Chain::Nothing { aliases, at },
            Some(_) if aliases.len() == MAX_ALIASES => return Chain::Endless { aliases, at },
            Some((alias, target)) => {
                aliases.push(alias);
                at = target;
            }
        }
    }
    // exercise: end
}
