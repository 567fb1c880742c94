//! One thing that was tried.

use serde_json::{Value, json};

/// What was tried, what came of it, and what that means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it is about: `raw socket`.
    pub name: String,
    /// What was tried.
    pub tried: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Which commands, links and lessons it opens.
    pub opens: String,
    /// For a closed door: the line that opens it.
    pub way: Option<String>,
}

/// What came of it, each with what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It works.
    Open(String),
    /// It does not.
    Closed(String),
    /// It could not be tried.
    Unknown(String),
}

impl Outcome {
    /// What was seen.
    pub fn seen(&self) -> &str {
        match self {
            Outcome::Open(seen) | Outcome::Closed(seen) | Outcome::Unknown(seen) => seen,
        }
    }

    /// In one word, for people.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Open(_) => "yes",
            Outcome::Closed(_) => "no",
            Outcome::Unknown(_) => "?",
        }
    }
}

impl Probe {
    /// A probe that was not made yet.
    pub(super) fn new(name: &str, opens: &str, tried: &str) -> Probe {
        let text = str::to_owned;
        Probe {
            name: text(name),
            tried: text(tried),
            outcome: Outcome::Unknown(String::new()),
            opens: text(opens),
            way: None,
        }
    }

    /// It works.
    pub(super) fn open(self, seen: impl Into<String>) -> Probe {
        Probe { outcome: Outcome::Open(seen.into()), ..self }
    }

    /// It does not, and what opens the door.
    pub(super) fn closed(self, seen: impl Into<String>, way: impl Into<String>) -> Probe {
        Probe { outcome: Outcome::Closed(seen.into()), way: Some(way.into()), ..self }
    }

    /// It could not be tried.
    #[cfg(any(target_os = "linux", test))]
    pub(super) fn untried(self, why: impl Into<String>) -> Probe {
        Probe { outcome: Outcome::Unknown(why.into()), ..self }
    }

    /// Whether it works.
    pub fn is_open(&self) -> bool {
        matches!(self.outcome, Outcome::Open(_))
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let outcome = match self.outcome {
            Outcome::Open(_) => "open",
            Outcome::Closed(_) => "closed",
            Outcome::Unknown(_) => "unknown",
        };
        json!({
            "name": self.name, "tried": self.tried, "outcome": outcome, "seen": self.outcome.seen(),
            "opens": self.opens, "way": self.way,
        })
    }

    /// Reads what [`Probe::to_json`] has written.
    #[cfg(any(target_os = "linux", test))]
    pub(super) fn from_json(value: &Value) -> Option<Probe> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let seen = text("seen")?;
        let outcome = match value["outcome"].as_str()? {
            "open" => Outcome::Open(seen),
            "closed" => Outcome::Closed(seen),
            _ => Outcome::Unknown(seen),
        };
        let (name, tried, opens, way) = (text("name")?, text("tried")?, text("opens")?, text("way"));
        Some(Probe { name, tried, outcome, opens, way })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let new = || Probe::new("raw socket", "ping", "socket(AF_INET, SOCK_RAW)");
        for probe in [new().open("guard A"), new().closed("EPERM", "sudo"), new().untried("no lab")] {
            assert_eq!(Probe::from_json(&probe.to_json()), Some(probe));
        }
        assert_eq!(Probe::from_json(&json!({"name": 7})), None);
    }
}
