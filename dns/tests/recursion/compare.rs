//! Our reply beside unbound's: what is compared, and how a difference reads.

use std::collections::BTreeSet;
use std::fmt;

use barewire_dns::{EdnsOption, Message, Question, Rcode, Record};

use crate::recorded::Case;

/// unbound 1.17 says nothing about servers that fail, and about aliases that do not end. We may: Other, Cached Error,
/// No Reachable Authority, Network Error (RFC 8914 §4).
const SAYS_MORE: [u16; 4] = [0, 13, 22, 23];

/// A column in which two replies differ.
pub(crate) struct Difference {
    pub(crate) column: &'static str,
    ours: String,
    theirs: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { column, ours, theirs } = self;
        write!(f, "{column}\n    ours    {ours}\n    unbound {theirs}")
    }
}

/// What is compared of a reply.
pub(crate) struct Reply<'r> {
    rcode: Rcode,
    ad: bool,
    errors: Vec<u16>,
    answers: &'r [Record],
    authorities: &'r [Record],
}

impl<'r> From<&'r Message> for Reply<'r> {
    fn from(message: &'r Message) -> Reply<'r> {
        let (header, errors) = (&message.header, errors(message));
        let (answers, authorities) = (&message.answers, &message.authorities);
        Reply { rcode: header.rcode, ad: header.ad, errors, answers, authorities }
    }
}

impl<'r> From<&'r Case> for Reply<'r> {
    fn from(case: &'r Case) -> Reply<'r> {
        let (errors, answers, authorities) = (case.errors.clone(), &case.answers, &case.authorities);
        Reply { rcode: case.rcode, ad: case.ad, errors, answers, authorities }
    }
}

impl Reply<'_> {
    /// In which columns ours is not as unbound's.
    pub(crate) fn beside(&self, theirs: &Reply<'_>) -> Vec<Difference> {
        let columns_of = |reply: &Reply<'_>| {
            let mut errors = reply.errors.clone();
            if theirs.errors.is_empty() && theirs.rcode == Rcode::SERVFAIL {
                errors.retain(|code| !SAYS_MORE.contains(code));
            }
            [
                ("status", reply.rcode.name()),
                ("answer section", lines(reply.answers)),
                ("AD", reply.ad.to_string()),
                ("extended errors", format!("{errors:?}")),
                ("authority section", lines(reply.authorities)),
            ]
        };
        let pairs = columns_of(self).into_iter().zip(columns_of(theirs));
        let differ = pairs.filter(|((_, ours), (_, theirs))| ours != theirs);
        differ.map(|((column, ours), (_, theirs))| Difference { column, ours, theirs }).collect()
    }
}

/// What is different from what was recorded.
pub(crate) fn differences(case: &Case, ours: &Message) -> Vec<String> {
    let Question { name, rtype, .. } = &case.question;
    let about = format!("{name} {rtype}{}, {}", if case.cd { " +cd" } else { "" }, case.why);
    let found = Reply::from(ours).beside(&Reply::from(case));
    found.iter().map(|found| format!("{about}: {found}")).collect()
}

/// One line about a question: our reply, and how many queries it took us and unbound.
pub(crate) fn row(case: &Case, ours: &Message, queries: usize) -> String {
    let Question { name, rtype, .. } = &case.question;
    let question = format!("{name} {rtype}{}", if case.cd { " +cd" } else { "" });
    let (rcode, ad) = (ours.header.rcode.name(), if ours.header.ad { "ad" } else { "" });
    let (errors, theirs) = (errors(ours), case.before_reply);
    format!("{question:30} {rcode:9} {ad:2} {errors:?} {queries:3} queries, unbound {theirs}")
}

/// The records as a set, with their signatures. TTLs are left out: caches count them down.
fn lines(records: &[Record]) -> String {
    let line = |record: &Record| Record { ttl: 0, ..record.clone() }.to_string();
    let set: BTreeSet<String> = records.iter().map(line).collect();
    set.into_iter().collect::<Vec<_>>().join("\n            ")
}

/// The codes of the extended errors.
fn errors(message: &Message) -> Vec<u16> {
    let options = message.edns.iter().flat_map(|edns| &edns.options);
    let codes = options.filter_map(|option| match option {
        EdnsOption::ExtendedError(error) => Some(error.code),
        _ => None,
    });
    codes.collect()
}
