//! Why a record does not open, or a Finished or binder does not match: the first input that differs.
//!
//! A wrong tag looks the same for every cause. This module takes the inputs in the order in which the schedule uses
//! them (suite, transcript, secret, key, nonce, record), and names the first one that differs from the peer's:
//!
//! * With the peer's [`Ledger`], or one made of its key log by [`Ledger::of_key_log`], inputs are compared. A key log
//!   lacks the transcript. There the usual [`Slip`]s are tried: what came out is known, so the one that fits is proved.
//! * Without, the slips, sequence numbers and nonces are tried with our own secrets. Where none fits,
//!   [`Finding::Unknown`] lists what would make it so: from this side it cannot be known.
//!
//! It tries at most a few thousand keys on one record, and is meant for a person who waits. Left out: two slips at
//! once. Tested in `tests/diagnose.rs`, each input broken in turn.

mod finding;
mod slips;
mod trial;

use barewire_dissect::Direction;

pub use finding::{Finding, NonceSlip};
pub use slips::Slip;

use super::schedule::{Context, Mark, Name, Step};
use super::{Failure, Ledger};
use crate::key_schedule::{Secret, derive_secret, verify_data};
use crate::suite::Hash;

/// A record that does not open.
#[derive(Debug, Clone, Copy)]
pub struct FailedRecord<'a> {
    /// All of it, header included.
    pub bytes: &'a [u8],
    /// The secret from which we made the key.
    pub secret: Name,
    /// The sequence number that we used.
    pub sequence: u64,
}

/// A Finished or a binder that does not match.
#[derive(Debug, Clone, Copy)]
pub struct FailedMac<'a> {
    /// The secret from which we made its key: a handshake traffic secret, or a binder key.
    pub secret: Name,
    /// Where in [`Ledger::messages`] the transcript ends that we hashed: so many messages. A binder covers a part of a
    /// message, so it has none.
    pub messages: Option<usize>,
    /// The hash that we authenticated.
    pub hash: &'a Secret,
    /// What the peer sent.
    pub seen: &'a [u8],
}

/// The first input of ours that differs from theirs, in the order of the schedule. `None`: no input that both know
/// differs.
pub fn compare(ours: &Ledger, theirs: &Ledger) -> Option<Finding> {
    suites(ours, theirs)
        .or_else(|| messages(ours, theirs))
        .or_else(|| theirs.secrets().iter().find_map(|(name, secret)| differs(ours, theirs, *name, secret)))
}

fn suites(ours: &Ledger, theirs: &Ledger) -> Option<Finding> {
    let (ours, theirs) = ours.suite().zip(theirs.suite())?;
    (ours != theirs).then_some(Finding::Suite { ours, theirs })
}

/// The first message of the transcripts that differs. A ledger without messages is one of a key log.
fn messages(ours: &Ledger, theirs: &Ledger) -> Option<Finding> {
    if theirs.messages().is_empty() {
        return None;
    }
    // One side may have come further than the other: that is not a difference.
    let both = ours.messages().iter().zip(theirs.messages());
    both.enumerate().find(|(_, (ours, theirs))| ours.bytes != theirs.bytes).map(|(index, (ours, theirs))| {
        let same = ours.bytes.iter().zip(&theirs.bytes).take_while(|(a, b)| a == b).count();
        Finding::Message { number: index + 1, ours: ours.name, theirs: theirs.name, offset: same }
    })
}

/// Whether a secret differs, and which of its inputs made it so.
fn differs(ours: &Ledger, theirs: &Ledger, name: Name, secret: &Secret) -> Option<Finding> {
    let own = ours.find(name)?;
    if own == secret {
        return None;
    }
    let (Step::Expand { from, label, context: Context::Through(mark) }, Some(hash)) =
        (name.step(), ours.hash())
    else {
        return Some(Finding::Secret { name, or_transcript: None });
    };
    let made = |parent: &Secret, hashed: &[u8]| derive_secret(hash, parent, label, hashed) == *secret;
    if let (Some(parent), Some(length)) = (ours.find(from), ours.position(mark))
        && let Some(slip) = slips::find(ours, length + 1, hash, |hashed| made(parent, hashed))
    {
        return Some(Finding::Transcript { made: name, slip: Some(slip) });
    }
    let context = Context::Through(mark);
    let is_sibling =
        |step| matches!(step, Step::Expand { from: f, context: c, .. } if f == from && c == context);
    let mut siblings = theirs.secrets().iter().filter(|(name, _)| is_sibling(name.step()));
    if siblings.any(|(sibling, secret)| *sibling != name && ours.find(*sibling) == Some(secret)) {
        return Some(Finding::Label { name });
    }
    Some(match is_parent_shared(ours, theirs, from) {
        true => Finding::Transcript { made: name, slip: None },
        false => Finding::Secret { name: from, or_transcript: Some(mark) },
    })
}

/// Whether the peer has the same secret `from`, as far as its key log shows: another secret made of it, or of one that
/// comes after it, is the same.
fn is_parent_shared(ours: &Ledger, theirs: &Ledger, from: Name) -> bool {
    let same = |name: &Name| matches!((ours.find(*name), theirs.find(*name)), (Some(a), Some(b)) if a == b);
    let witnesses: &[Name] = match from {
        Name::Early => &[Name::Early, Name::ClientEarly],
        // The main secret is made of the handshake secret and of nothing else.
        Name::Main => &[
            Name::Main,
            Name::Handshake,
            Name::ClientHandshake,
            Name::ServerHandshake,
            Name::ClientApplication(0),
            Name::ServerApplication(0),
        ],
        Name::Handshake => &[Name::Handshake, Name::ClientHandshake, Name::ServerHandshake],
        _ => &[],
    };
    witnesses.iter().any(same)
}

/// Why the connection of our ledger ended, if it ended with a record that does not open, or a Finished that does not
/// match.
pub fn failure(ours: &Ledger, theirs: Option<&Ledger>) -> Option<Finding> {
    Some(match ours.failure()? {
        Failure::Record { bytes, secret, sequence } => {
            record(ours, theirs, FailedRecord { bytes, secret: *secret, sequence: *sequence })
        }
        Failure::Finished { secret, seen } => {
            // It was checked before it would have joined the transcript.
            let hash = &ours.messages().last()?.hash;
            mac(
                ours,
                theirs,
                FailedMac { secret: *secret, messages: Some(ours.messages().len()), hash, seen },
            )
        }
    })
}

/// Why a record does not open.
pub fn record(ours: &Ledger, theirs: Option<&Ledger>, failed: FailedRecord<'_>) -> Finding {
    if let Some(finding) = theirs.and_then(|theirs| compare(ours, theirs)) {
        return finding;
    }
    if let Some(finding) = trial::record(ours, theirs, (failed.secret, failed.sequence), failed.bytes) {
        return finding;
    }
    // The peer's own secret, and nothing fits: what is left is the record itself. A key that has opened records is the
    // peer's, too.
    let has_opened = ours.keys().iter().any(|keys| keys.secret == failed.secret && keys.records > 0);
    let is_shared = has_opened || theirs.is_some_and(|theirs| theirs.find(failed.secret).is_some());
    if is_shared {
        return Finding::Bytes;
    }
    let could_be = vec![
        "another suite".to_owned(),
        format!("another {}: another key exchange, or another transcript before it", failed.secret),
        format!("a sequence number other than {}: a record lost, repeated or added", failed.sequence),
        "bytes of the record that were changed".to_owned(),
    ];
    Finding::Unknown { could_be }
}

/// Why a Finished or a binder does not match.
pub fn mac(ours: &Ledger, theirs: Option<&Ledger>, failed: FailedMac<'_>) -> Finding {
    if let Some(finding) = theirs.and_then(|theirs| compare(ours, theirs)) {
        return finding;
    }
    let Some(hash) = ours.hash() else { return Finding::Unknown { could_be: Vec::new() } };
    let fits = |secret: &Secret, hashed: &[u8]| verify_data(hash, secret, hashed).bytes() == failed.seen;
    if let (Some(secret), Some(length)) = (ours.find(failed.secret), failed.messages)
        && let Some(slip) = slips::find(ours, length, hash, |hashed| fits(secret, hashed))
    {
        return Finding::Transcript { made: failed.secret, slip: Some(slip) };
    }
    let others = ours.secrets().iter().filter(|(name, _)| *name != failed.secret);
    if let Some((name, _)) = others.clone().find(|(_, secret)| fits(secret, failed.hash.bytes())) {
        return Finding::OtherSecret { ours: failed.secret, theirs: *name };
    }
    let is_shared = theirs.is_some_and(|theirs| theirs.find(failed.secret).is_some());
    if is_shared {
        return Finding::Transcript { made: failed.secret, slip: None };
    }
    Finding::Unknown { could_be: mac_could_be(failed, hash) }
}

fn mac_could_be(failed: FailedMac<'_>, hash: Hash) -> Vec<String> {
    let mut could_be = vec![
        format!("another {}: another key exchange, or another transcript before it", failed.secret),
        "another transcript: a message that one side did not hash, or that was changed".to_owned(),
        "bytes of the message itself that were changed".to_owned(),
    ];
    if matches!(failed.secret, Name::ExternalBinder | Name::ResumptionBinder) {
        could_be[0] = "another pre-shared key, or a binder key with the other label".to_owned();
    }
    if failed.seen.len() != hash.len() {
        could_be.insert(0, format!("another hash: it has {} bytes, ours {}", failed.seen.len(), hash.len()));
    }
    could_be
}

/// Where the transcript of a Finished ends: the messages before it.
pub fn messages_before_finished(ledger: &Ledger, sender: Direction) -> usize {
    let mark = if sender == Direction::ToClient { Mark::ServerFinished } else { Mark::ClientFinished };
    ledger.position(mark).unwrap_or(ledger.messages().len())
}
