//! The arrows of the schedule: what was made, from what, by which operation.

use std::fmt;

use ring::digest;

use super::operation::Operation;
use super::schedule::{Context, Mark, Name, Step};
use super::{KeysInUse, Ledger};
use crate::handshake::MESSAGE_HEADER;
use crate::key_schedule::{Secret, finished_key};
use crate::suite::Hash;

/// An arrow of the figure.
#[derive(Debug, Clone)]
pub struct Arrow {
    /// Where it leads.
    pub made: Made,
    /// The value there, as the connection had it.
    pub value: Secret,
    /// What makes it. `None` where an input is not known: a key log has traffic secrets, and not what made them.
    pub operation: Option<Operation>,
}

/// What an arrow leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A secret of the schedule.
    Secret(Name),
    /// The key of the Finished under this secret.
    FinishedKey(Name),
    /// The verify_data of the Finished under this secret.
    VerifyData(Name),
    /// The key of records, from this secret.
    Key(Name),
    /// The IV of records, from this secret.
    Iv(Name),
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Made::Secret(name) => name.fmt(f),
            Made::FinishedKey(name) => write!(f, "finished_key from {name}"),
            Made::VerifyData(name) => write!(f, "verify_data from {name}"),
            Made::Key(name) => write!(f, "key from {name}"),
            Made::Iv(name) => write!(f, "iv from {name}"),
        }
    }
}

impl Ledger {
    /// Every arrow, each after those that its inputs come from. What comes from outside the schedule has none.
    pub fn arrows(&self) -> Vec<Arrow> {
        let Some(hash) = self.hash() else { return Vec::new() };
        let mut arrows = Vec::new();
        for (name, secret) in self.secrets() {
            if name.step() != Step::Given {
                let (made, operation) = (Made::Secret(*name), self.operation(*name, hash));
                arrows.push(Arrow { made, value: secret.clone(), operation });
            }
            arrows.extend(self.finished(*name, secret, hash));
            let used = self.keys().iter().find(|keys| keys.secret == *name);
            arrows.extend(used.into_iter().flat_map(|keys| traffic_keys(keys, secret)));
        }
        arrows
    }

    /// What makes a secret, if all of its inputs are known.
    fn operation(&self, name: Name, hash: Hash) -> Option<Operation> {
        // A server that takes no pre-shared key starts anew, from zeros; what the client sent before came from a key
        // that is not part of this schedule (RFC 8446 §4.2.11).
        let before = matches!(
            name,
            Name::ExternalBinder | Name::ResumptionBinder | Name::ClientEarly | Name::EarlyExporter
        );
        if before && self.find(Name::Psk) == self.find(Name::Zeros) {
            return None;
        }
        match name.step() {
            Step::Given => None,
            Step::Extract { salt, input } => {
                Some(Operation::Extract { salt: self.find(salt)?.clone(), input: self.find(input)?.clone() })
            }
            Step::Expand { from, label, context } => {
                let context = match context {
                    Context::Nothing => Vec::new(),
                    Context::NoMessages => digest::digest(hash.digest(), b"").as_ref().to_vec(),
                    Context::Through(mark) => self.hash_through(mark)?.bytes().to_vec(),
                };
                Some(Operation::Expand {
                    secret: self.find(from)?.clone(),
                    label,
                    context,
                    length: hash.len(),
                })
            }
        }
    }

    /// The two arrows to a Finished (RFC 8446 §4.4.4), if it is in the transcript.
    fn finished(&self, name: Name, secret: &Secret, hash: Hash) -> Vec<Arrow> {
        let at = match name {
            Name::ClientHandshake => self.position(Mark::ClientFinished),
            Name::ServerHandshake => self.position(Mark::ServerFinished),
            _ => None,
        };
        let Some(at) = at.filter(|&at| at > 0) else { return Vec::new() };
        let key = finished_key(hash, secret);
        let value = Secret::new(self.messages()[at].bytes.get(MESSAGE_HEADER..).unwrap_or_default());
        let data = self.messages()[at - 1].hash.clone();
        let make_key = expand(secret, "finished", hash.len());
        vec![
            Arrow { made: Made::FinishedKey(name), value: key.clone(), operation: Some(make_key) },
            Arrow { made: Made::VerifyData(name), value, operation: Some(Operation::Hmac { key, data }) },
        ]
    }
}

/// The two arrows of RFC 8446 §7.3.
fn traffic_keys(used: &KeysInUse, secret: &Secret) -> [Arrow; 2] {
    let (name, keys) = (used.secret, &used.keys);
    let arrow = |made, label, bytes: &[u8]| Arrow {
        made,
        value: Secret::new(bytes),
        operation: Some(expand(secret, label, bytes.len())),
    };
    [arrow(Made::Key(name), "key", keys.key()), arrow(Made::Iv(name), "iv", &keys.iv)]
}

fn expand(secret: &Secret, label: &'static str, length: usize) -> Operation {
    Operation::Expand { secret: secret.clone(), label, context: Vec::new(), length }
}
