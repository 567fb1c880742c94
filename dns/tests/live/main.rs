//! A zone with every type, printed by us, in the hands of programs that others wrote: `ldns-read-zone` and
//! `named-compilezone` accept it, and what they print reads back record for record the same; nsd serves it, and what
//! dig prints of the answers reads back too.
//!
//! Without these programs the tests say loudly that they skipped; under `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`,
//! skipping is failing. nsd listens on a port of the loopback that was free.
#![cfg(target_os = "linux")]

mod need;
mod nsd;
#[path = "../../../examples/tests/live/port.rs"]
mod port;
mod zone;

use std::process::Command;

use barewire_dns::{RData, Record, RecordType};
use zone::{Folder, every_type, printed, read, same};

/// What a program prints, which must succeed.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (text, complaints) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{text}\n{complaints}", output.status);
    text.into_owned()
}

/// The zone has each type with a file that a zone can hold, and one without.
#[test]
fn every_type_is_there() {
    let records = every_type();
    for rtype in RecordType::known() {
        let as_bytes = matches!(RData::parse_text(rtype, r"\# 1 00"), Ok(RData::Unknown(_)));
        // MD and MF are obsolete, and named refuses them (RFC 1035 §3.3.4 and §3.3.5).
        let left_out = as_bytes || rtype.is_meta() || rtype == RecordType::MD || rtype == RecordType::MF;
        assert_eq!(records.iter().any(|record| record.rtype() == rtype), !left_out, "{rtype}");
    }
    assert!(records.iter().any(|record| matches!(record.data, RData::Unknown(_))));
}

#[test]
fn ldns() {
    if !need::can_run("ldns", "ldns-read-zone", "-v") {
        return;
    }
    let folder = Folder::new("ldns");
    let file = folder.write("zone", &printed());
    same("ldns-read-zone", &every_type(), &read(&output(Command::new("ldns-read-zone").arg(&file))));
    // In the form for types that it would not know (RFC 3597 §5), so that the bytes are compared and not the text.
    let generic = output(Command::new("ldns-read-zone").args(["-U", "NULL"]).arg(&file));
    assert!(generic.contains(r"TYPE257	\# "), "{generic}");
    // ldns 1.8.3 takes the backslashes of an ALPN list away once; RFC 9460 appendix A.1 has it twice.
    let without = |records: Vec<Record>| -> Vec<Record> {
        records.into_iter().filter(|record| record.rtype() != RecordType::HTTPS).collect()
    };
    same("ldns-read-zone, all as bytes", &without(every_type()), &without(read(&generic)));
}

#[test]
fn named() {
    if !need::can_run("named", "named-compilezone", "-v") {
        return;
    }
    let folder = Folder::new("named");
    let file = folder.write("zone", &printed());
    let compile = |style: &str| {
        let mut command = Command::new("named-compilezone");
        // Names and addresses are checked by nobody: this is about the text.
        command.args([
            "-q",
            "-i",
            "none",
            "-k",
            "ignore",
            "-n",
            "ignore",
            "-s",
            style,
            "-o",
            "-",
            "example.test",
        ]);
        output(command.arg(&file))
    };
    same("named-compilezone -s full", &every_type(), &read(&compile("full")));
    // With $ORIGIN, $TTL, blank owners, parentheses and comments.
    let relative = compile("relative");
    assert!(relative.contains("$ORIGIN") && relative.contains("( "), "{relative}");
    same("named-compilezone -s relative", &every_type(), &read(&relative));
}

#[test]
fn nsd_and_dig() {
    if !need::can_run("nsd_and_dig", "nsd", "-v") || !need::can_run("nsd_and_dig", "dig", "-v") {
        return;
    }
    let server = nsd::Nsd::start(&printed());
    let records = every_type();
    // All at once. The SOA stands at both ends (RFC 5936 §2.2).
    let mut all = read(&server.dig(&["+noall", "+answer", "example.test", "AXFR"]));
    assert!(matches!(all.pop().map(|record| record.data), Some(RData::Soa(_))));
    same("an AXFR from nsd, printed by dig", &records, &all);
    // Each question alone. nsd keeps NSEC3 for its proofs, and below a delegation is the child's zone.
    let asked = |record: &&Record| {
        record.rtype() != RecordType::NSEC3
            && !(record.rtype() == RecordType::NS && record.name != records[0].name)
    };
    let wanted: Vec<Record> = records.iter().filter(asked).cloned().collect();
    let mut questions: Vec<[String; 2]> =
        wanted.iter().map(|record| [record.name.with_dot().to_string(), record.rtype().name()]).collect();
    questions.dedup();
    for style in ["+split", "+multiline"] {
        let mut arguments = vec!["+noall", "+answer", style];
        arguments.extend(questions.iter().flatten().map(String::as_str));
        same(&format!("nsd's answers, printed by dig {style}"), &wanted, &read(&server.dig(&arguments)));
    }
}
