//! What is said of a record that does not open, and of secrets that are not the peer's. Tested in `tests/keys.rs`.

use barewire_dissect::Direction;
use barewire_tls13::Epoch;
use barewire_tls13::key_log::Secrets;
use barewire_tls13::ledger::diagnose::{self, FailedRecord};
use barewire_tls13::ledger::{Failure, Ledger, Name};
use barewire_tls13::observe::{Sealed, Seen};

use crate::story::{Part, Story, Transport};
use crate::views::count;

/// How many records that do not open are diagnosed: a wrong key has many, all for one reason.
const MOST: usize = 4;

/// Where the random stands in a ClientHello: after the message's header and legacy_version (RFC 8446 §4.1.2).
const RANDOM: std::ops::Range<usize> = 6..38;

/// Why records of a stream do not open.
pub(super) fn of_records(story: &Story, stream: usize, ledger: &Ledger) -> Vec<String> {
    let is_its = |one: &crate::story::Conversation| one.transport == Transport::Tcp && one.stream == stream;
    let of_stream = |id: crate::story::ConversationId| story.conversations.get(id.0).is_some_and(is_its);
    let rows = story.rows.iter().filter(|row| row.conversation.is_some_and(of_stream));
    let records = rows.flat_map(|row| &row.parts).filter_map(|part| match part {
        Part::Record(seen) => said(ledger, seen),
        _ => None,
    });
    records.take(MOST).collect()
}

fn said(ledger: &Ledger, seen: &Seen) -> Option<String> {
    let Some(Sealed::BadTag { epoch, sequence }) = seen.sealed() else { return None };
    let (secret, who) = match (seen.direction, epoch) {
        (Direction::ToServer, Epoch::EarlyData) => (Name::ClientEarly, "client"),
        (Direction::ToServer, Epoch::Application(n)) => (Name::ClientApplication(*n), "client"),
        (Direction::ToServer, _) => (Name::ClientHandshake, "client"),
        (Direction::ToClient, Epoch::Application(n)) => (Name::ServerApplication(*n), "server"),
        (Direction::ToClient, _) => (Name::ServerHandshake, "server"),
    };
    let failed = FailedRecord { bytes: &seen.bytes, secret, sequence: *sequence };
    let finding = diagnose::record(ledger, None, failed);
    let start = count(seen.range.start);
    Some(format!(
        "record {sequence} under the {epoch}, at byte {start} of the {who}'s stream, does not open: {finding}"
    ))
}

/// Why a connection of ours ended, where that can be said without the peer.
pub(super) fn of_failure(ledger: &Ledger) -> Option<String> {
    let what = match ledger.failure()? {
        Failure::Record { sequence, secret, .. } => {
            format!("record {sequence} under the {secret} does not open")
        }
        Failure::Finished { .. } => "the server's Finished does not match".to_owned(),
    };
    Some(format!("{what}: {}", diagnose::failure(ledger, None)?))
}

/// The first input that differs from what the peer logged.
pub(super) fn against(ledger: &Ledger, peer: &str) -> String {
    let hello = ledger.messages().iter().rfind(|entry| entry.name == "ClientHello");
    let random = hello.and_then(|entry| entry.bytes.get(RANDOM)?.try_into().ok());
    let (Some(suite), Some(random)) = (ledger.suite(), random) else {
        return "the peer's key log cannot be compared: there is no ClientHello".to_owned();
    };
    let mut secrets = Secrets::default();
    secrets.add(peer);
    let theirs = Ledger::of_key_log(suite, &secrets, &random);
    let known = theirs.secrets().iter().filter(|(name, _)| ledger.find(*name).is_some()).count();
    match diagnose::compare(ledger, &theirs).or_else(|| diagnose::failure(ledger, Some(&theirs))) {
        _ if known == 0 => "the peer's key log has no secret of this connection".to_owned(),
        Some(finding) => format!("the peer's key log: {finding}"),
        None => format!("the peer's key log: all of its {known} secrets that are known here are the same"),
    }
}
