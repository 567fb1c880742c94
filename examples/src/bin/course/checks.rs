//! The checks of the exercises, a file a layer.

mod dns;
mod http1;
mod on_purpose;
mod tcp;
mod tls13;
mod wires;

use crate::steps::{Failed, Steps};

type Check = fn(&mut Steps) -> Result<(), Failed>;

/// Whether a check gives the student's code bytes that go over a wire, or gets such bytes from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handles {
    Packets,
    /// Numbers, times, secrets.
    Values,
}

/// Every exercise with its check.
const CHECKS: &[(&str, Handles, Check)] = &[
    ("dns01", Handles::Packets, dns::pointers),
    ("dns02", Handles::Packets, dns::replies),
    ("dns03", Handles::Packets, dns::compression),
    ("dns04", Handles::Values, dns::escapes),
    ("dns05", Handles::Packets, dns::types),
    ("dns06", Handles::Packets, dns::aliases),
    ("dns07", Handles::Packets, dns::referrals),
    ("dns08", Handles::Packets, dns::descent),
    ("dns09", Handles::Packets, dns::sizes),
    ("dns10", Handles::Packets, dns::over_tcp),
    ("dns11", Handles::Packets, dns::bailiwick),
    ("dns12", Handles::Packets, dns::glue),
    ("dns13", Handles::Packets, dns::negative),
    ("dns14", Handles::Values, dns::key_tags),
    ("dns15", Handles::Values, dns::canonical),
    ("dns16", Handles::Values, dns::encloser),
    ("http01", Handles::Packets, http1::chunks),
    ("http02", Handles::Packets, http1::framing),
    ("http03", Handles::Packets, http1::fields),
    ("http04", Handles::Packets, http1::persistence),
    ("http05", Handles::Packets, http1::lengths),
    ("http06", Handles::Values, http1::lists),
    ("http07", Handles::Packets, http1::ends),
    ("http08", Handles::Packets, http1::hosts),
    ("http09", Handles::Packets, http1::switches),
    ("http10", Handles::Packets, http1::targets),
    ("tcp01", Handles::Values, tcp::circle),
    ("tcp02", Handles::Packets, tcp::pieces),
    ("tcp03", Handles::Values, tcp::timeout),
    ("tcp04", Handles::Values, tcp::growth),
    ("tcp05", Handles::Values, tcp::acknowledgments),
    ("tcp06", Handles::Values, tcp::probes),
    ("tcp07", Handles::Values, tcp::curve),
    ("tcp08", Handles::Values, tcp::duplicates),
    ("tcp09", Handles::Values, tcp::by_time),
    ("tcp10", Handles::Values, tcp::proportion),
    ("tcp11", Handles::Values, tcp::cookies),
    ("tls01", Handles::Packets, tls13::nonces),
    ("tls02", Handles::Values, tls13::labels),
    ("tls03", Handles::Packets, tls13::transcripts),
    ("tls04", Handles::Packets, tls13::messages),
    ("tls05", Handles::Packets, tls13::padding),
    ("tls06", Handles::Values, tls13::third_row),
    ("tls07", Handles::Values, tls13::signed),
    ("tls08", Handles::Packets, tls13::finished),
    ("tls09", Handles::Packets, tls13::hellos),
    ("tls10", Handles::Values, tls13::ages),
    ("tls11", Handles::Packets, tls13::binders),
    ("tls12", Handles::Packets, tls13::key_updates),
    ("wire01", Handles::Values, wires::verdicts),
    ("wire02", Handles::Values, wires::questions),
    ("wire03", Handles::Values, wires::reassembled),
    ("wire04", Handles::Values, wires::neighbours),
    ("wire05", Handles::Values, wires::mended),
    ("wire06", Handles::Values, wires::pieces),
    // No page names these; the tests of this program have pages for them.
    ("fails", Handles::Packets, on_purpose::fails),
    ("fails-early", Handles::Packets, on_purpose::fails_early),
    ("fails-in-values", Handles::Values, on_purpose::fails_early),
    ("panics", Handles::Packets, on_purpose::panics),
    ("aborts", Handles::Packets, on_purpose::aborts),
    ("exits", Handles::Packets, on_purpose::exits),
];

/// Whether the check has packets for a capture.
pub(crate) fn has_packets(id: &str) -> bool {
    CHECKS.iter().any(|(known, handles, _)| *known == id && *handles == Handles::Packets)
}

/// Runs a check in this process, and prints its steps. `true`: it passed.
pub(crate) fn run(id: &str, seed: u64) -> bool {
    let Some((.., check)) = CHECKS.iter().find(|(known, ..)| *known == id) else {
        println!("  *** {id} has no check");
        return false;
    };
    let mut steps = Steps::new(seed, |told| println!("{told}"));
    let ended = check(&mut steps);
    steps.end(ended)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use barewire_tls13::observe::Observer;
    use barewire_tls13::record::ContentType;

    use super::*;
    use crate::told::{Record, Told};
    use crate::wire::{self, Sent};

    /// All that a check of a solved exercise tells.
    fn told(id: &str, check: Check, seed: u64) -> Vec<Told> {
        let (sender, told) = mpsc::channel();
        let mut steps = Steps::new(seed, move |told: Told| sender.send(told).expect("somebody listens"));
        let ended = check(&mut steps);
        assert!(ended.is_ok(), "{id}, seed {seed}: {ended:?}");
        drop(steps);
        told.into_iter().collect()
    }

    /// Without those that fail on purpose.
    fn solved() -> impl Iterator<Item = &'static (&'static str, Handles, Check)> {
        CHECKS.iter().take_while(|(id, ..)| *id != "fails")
    }

    #[test]
    fn checks_have_the_packets_that_the_table_says() {
        for (id, handles, check) in solved() {
            let mut record = Record::default();
            told(id, *check, 1).into_iter().for_each(|told| record.add(told));
            assert_eq!(!record.packets.is_empty(), *handles == Handles::Packets, "{id}");
        }
    }

    /// The secrets that a check tells open its records, so that a reader of the capture sees what is in them.
    #[test]
    fn the_secrets_of_a_check_open_its_packets() {
        let mut record = Record::default();
        told("tls12", tls13::key_updates, 1).into_iter().for_each(|told| record.add(told));
        let mut observer = Observer::new();
        record.secrets.iter().for_each(|line| observer.add_key_log(line));
        let mut data = Vec::new();
        for packet in &record.packets {
            let Sent::Bytes { way, at, bytes, .. } = &packet.sent else { continue };
            for seen in observer.receive(*way, u64::from(*at), bytes) {
                let (content_type, content) = seen.content().expect("a record that opens");
                if content_type == ContentType::APPLICATION_DATA {
                    data.push(String::from_utf8_lossy(content).into_owned());
                }
            }
        }
        let wanted = ["one", "uno", "two", "due", "three", "four", "five", "tre", "quattro", "cinque", "six"];
        assert_eq!(data, wanted);
        assert_eq!(wire::capture(&record.packets, &record.secrets).secrets.len(), 1);
    }

    /// A check in which something is random passes with each seed, says it, and does something else. Where a client
    /// makes a key share, ring draws the key, whatever the seed is.
    #[test]
    fn seeds_are_said_and_matter() {
        for (id, _, check) in solved() {
            let [first, second, last] = [1, 2, u64::MAX].map(|seed| {
                let mut told = told(id, *check, seed);
                let is_said = told.contains(&Told::Seed(seed));
                told.retain(|told| !matches!(told, Told::Seed(_)));
                (is_said, told)
            });
            let is_random = ["dns02", "dns10", "dns11", "dns12", "tcp02", "tls04"].contains(id);
            let draws_keys = ["tls08", "tls09", "tls12"].contains(id);
            assert_eq!([first.0, second.0, last.0], [is_random; 3], "{id}");
            assert_eq!(first.1 != second.1 && second.1 != last.1, is_random || draws_keys, "{id}");
        }
    }
}
