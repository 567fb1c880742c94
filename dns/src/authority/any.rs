//! What a question for type ANY gets. It was meant as "what is in your cache?", and is used today to have a server send
//! much to a forged address. RFC 8482 allows a small answer. Tested in `tests/authority`.

use super::node::Node;
use super::response::Response;
use super::zone::Zone;
use crate::name::Name;
use crate::rdata::{Hinfo, RData};
use crate::record::Record;
use crate::record_type::RecordType;

/// What a question for all types gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnyAnswer {
    /// An HINFO record that says `RFC8482` (RFC 8482 §4.2). Nobody could sign that record here, so a zone that is
    /// signed gives one of its RRsets (§4.1). An alias is always given, or nobody would follow it.
    #[default]
    Minimal,
    /// All that the name has.
    All,
}

/// How long the HINFO record may be kept: long enough that the question does not come back soon.
const HINFO_TTL: u32 = 86_400;

impl AnyAnswer {
    pub(super) fn fill(self, response: &mut Response, zone: &Zone, name: &Name, node: &Node) {
        let mut sets = node.sets.values();
        match self {
            AnyAnswer::All => sets.for_each(|set| response.answer(name, set)),
            AnyAnswer::Minimal if node.has(RecordType::CNAME) => {
                node.set(RecordType::CNAME).into_iter().for_each(|set| response.answer(name, set));
            }
            AnyAnswer::Minimal if zone.is_signed() => {
                sets.next().into_iter().for_each(|set| response.answer(name, set))
            }
            AnyAnswer::Minimal => response.answer_made_up(hinfo(name)),
        }
    }
}

fn hinfo(name: &Name) -> Record {
    let data = Hinfo { cpu: b"RFC8482".to_vec(), os: Vec::new() };
    Record::new(name.clone(), HINFO_TTL, RData::Hinfo(Box::new(data)))
}
