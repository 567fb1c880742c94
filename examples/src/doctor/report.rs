//! All that was found, as data. Tested here and with its view.

use serde_json::{Value, json};

use super::probe::Probe;

/// Something that the system says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about: `seccomp`.
    pub name: String,
    /// What the system says.
    pub text: String,
}

/// What a machine allows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The system, and who runs this: `Linux 6.1.0 x86_64, user 1000`.
    pub system: String,
    /// What the system says of itself.
    pub facts: Vec<Fact>,
    /// What was tried on the machine itself.
    pub here: Vec<Probe>,
    /// What was tried in a lab.
    pub in_lab: Vec<Probe>,
}

/// The probe that says whether `--net raw` works.
pub(super) const RAW: &str = "raw socket";
/// The probe that says whether there are labs.
pub(super) const LAB: &str = "lab";

impl Report {
    /// Whether `fetch --net raw` works on this machine, without a lab.
    pub fn raw_works(&self) -> bool {
        self.here.iter().any(|probe| probe.name == RAW && probe.is_open())
    }

    /// Whether it works in a lab.
    pub fn raw_works_in_lab(&self) -> bool {
        self.in_lab.iter().any(|probe| probe.name == RAW && probe.is_open())
    }

    /// The exit code: 0 if `--net raw` works here, 1 if it does in a lab only, 3 if it does not at all.
    pub fn exit_code(&self) -> u8 {
        match (self.raw_works(), self.raw_works_in_lab()) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 3,
        }
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let probes = |probes: &[Probe]| probes.iter().map(Probe::to_json).collect::<Vec<Value>>();
        let facts = self.facts.iter().map(|fact| (fact.name.clone(), fact.text.clone().into()));
        json!({
            "system": self.system,
            "facts": facts.collect::<serde_json::Map<String, Value>>(),
            "raw_works": self.raw_works(),
            "raw_works_in_lab": self.raw_works_in_lab(),
            "here": probes(&self.here),
            "in_lab": probes(&self.in_lab),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_says_where_raw_works() {
        let raw = |works: bool| {
            let probe = Probe::new(RAW, "", "");
            vec![if works { probe.open("") } else { probe.closed("", "") }]
        };
        for (here, in_lab, code) in [(true, true, 0), (true, false, 0), (false, true, 1), (false, false, 3)] {
            let report = Report { here: raw(here), in_lab: raw(in_lab), ..Report::default() };
            assert_eq!(report.exit_code(), code, "{here} {in_lab}");
        }
        assert_eq!(Report::default().exit_code(), 3);
    }
}
