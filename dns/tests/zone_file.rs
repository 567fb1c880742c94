//! Master files: directives, what one entry leaves to the next, and going on after a fault.

mod wire;

use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{RecordType, TextReason};
use wire::name;

#[track_caller]
fn lines(text: &str) -> Vec<String> {
    let zone = ZoneFile::parse(text.as_bytes(), &name("example.test"));
    assert_eq!(zone.faults, [], "{text}");
    zone.records.iter().map(|record| record.to_string()).collect()
}

#[track_caller]
fn faults(text: &str) -> (Vec<String>, Vec<String>) {
    let zone = ZoneFile::parse(text.as_bytes(), &name("example.test"));
    let records = zone.records.iter().map(|record| record.to_string()).collect();
    (records, zone.faults.iter().map(|fault| fault.to_string()).collect())
}

/// The example of RFC 1035 §5.3, with a TTL.
#[test]
fn rfc_1035() {
    let text = r"$TTL 1d
@   IN  SOA     VENERA      Action\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        NS      VAXA
        MX      10      VENERA
        MX      20      VAXA

A       A       26.3.0.103

VENERA  A       10.1.0.52
        A       128.9.0.32

VAXA    A       10.2.0.27
        A       128.9.0.33


$INCLUDE <SUBSYS>ISI-MAILBOXES.TXT";
    let mailboxes = "MOE     MB      A.ISI.EDU.
LARRY   MB      A.ISI.EDU.
CURLEY  MB      A.ISI.EDU.
STOOGES MG      MOE
        MG      LARRY
        MG      CURLEY
";
    let mut asked = Vec::new();
    let zone = ZoneFile::read(text.as_bytes(), &name("ISI.EDU"), &mut |file| {
        asked.push(file.to_owned());
        Ok(mailboxes.into())
    });
    let records: Vec<String> = zone.records.iter().map(|record| record.to_string()).collect();
    assert_eq!(
        records,
        [
            r"ISI.EDU. 86400 IN SOA VENERA.ISI.EDU. Action\.domains.ISI.EDU. 20 7200 600 3600000 60",
            "ISI.EDU. 86400 IN NS A.ISI.EDU.",
            "ISI.EDU. 86400 IN NS VENERA.ISI.EDU.",
            "ISI.EDU. 86400 IN NS VAXA.ISI.EDU.",
            "ISI.EDU. 86400 IN MX 10 VENERA.ISI.EDU.",
            "ISI.EDU. 86400 IN MX 20 VAXA.ISI.EDU.",
            "A.ISI.EDU. 86400 IN A 26.3.0.103",
            "VENERA.ISI.EDU. 86400 IN A 10.1.0.52",
            "VENERA.ISI.EDU. 86400 IN A 128.9.0.32",
            "VAXA.ISI.EDU. 86400 IN A 10.2.0.27",
            "VAXA.ISI.EDU. 86400 IN A 128.9.0.33",
            "MOE.ISI.EDU. 86400 IN MB A.ISI.EDU.",
            "LARRY.ISI.EDU. 86400 IN MB A.ISI.EDU.",
            "CURLEY.ISI.EDU. 86400 IN MB A.ISI.EDU.",
            "STOOGES.ISI.EDU. 86400 IN MG MOE.ISI.EDU.",
            "STOOGES.ISI.EDU. 86400 IN MG LARRY.ISI.EDU.",
            "STOOGES.ISI.EDU. 86400 IN MG CURLEY.ISI.EDU.",
        ]
    );
    assert_eq!(asked, ["<SUBSYS>ISI-MAILBOXES.TXT"]);
    assert_eq!(zone.faults, []);
}

/// `$ORIGIN` completes names, also its own; `@` is the origin, and `\@` a label.
#[test]
fn origin() {
    assert_eq!(
        lines(
            "$TTL 60\nwww A 192.0.2.1\n$ORIGIN sub\nwww A 192.0.2.2\n@ NS www\n$origin other.test.\nwww CNAME @\n\\@ NS .\n"
        ),
        [
            "www.example.test. 60 IN A 192.0.2.1",
            "www.sub.example.test. 60 IN A 192.0.2.2",
            "sub.example.test. 60 IN NS www.sub.example.test.",
            "www.other.test. 60 IN CNAME other.test.",
            r"\@.other.test. 60 IN NS .",
        ]
    );
}

/// RFC 2308 §4 for `$TTL`; without it the last TTL (RFC 1035 §5.1), and before any the SOA's MINIMUM.
#[test]
fn ttls() {
    assert_eq!(
        lines("@ SOA a b 1 2 3 4 500\n@ NS a\n@ 60 NS b\n@ NS c\n$TTL 1h\n@ NS d\n@ 7 NS e\n@ NS f\n"),
        [
            "example.test. 500 IN SOA a.example.test. b.example.test. 1 2 3 4 500",
            "example.test. 500 IN NS a.example.test.",
            "example.test. 60 IN NS b.example.test.",
            "example.test. 60 IN NS c.example.test.",
            "example.test. 3600 IN NS d.example.test.",
            "example.test. 7 IN NS e.example.test.",
            "example.test. 3600 IN NS f.example.test.",
        ]
    );
    let (records, faults) = faults("@ NS a\n@ 5 NS b\n");
    assert_eq!(records, ["example.test. 5 IN NS b.example.test."]);
    assert_eq!(faults, ["line 1: the text ends at byte 0, before a TTL (RFC 1035 §5.1)"]);
}

/// RFC 1035 §5.1: a class that is left out is "the last explicitly stated" one.
#[test]
fn classes() {
    assert_eq!(
        lines(
            "$TTL 0\nversion.bind. CH TXT \"1\"\n TXT \"2\"\nauthors.bind. TXT \"3\"\n@ IN TXT \"4\"\n@ TXT \"5\"\n"
        ),
        [
            r#"version.bind. 0 CH TXT "1""#,
            r#"version.bind. 0 CH TXT "2""#,
            r#"authors.bind. 0 CH TXT "3""#,
            r#"example.test. 0 IN TXT "4""#,
            r#"example.test. 0 IN TXT "5""#,
        ]
    );
}

/// White space first: the owner of the entry before. An owner may look like a type, a class or a TTL.
#[test]
fn owners() {
    assert_eq!(
        lines(
            "$TTL 0\na NS b\n\tNS c\n ; a comment\n\n   NS d\nIN NS e\nA A 192.0.2.1\n300 IN A 192.0.2.2\n"
        ),
        [
            "a.example.test. 0 IN NS b.example.test.",
            "a.example.test. 0 IN NS c.example.test.",
            "a.example.test. 0 IN NS d.example.test.",
            "IN.example.test. 0 IN NS e.example.test.",
            "A.example.test. 0 IN A 192.0.2.1",
            "300.example.test. 0 IN A 192.0.2.2",
        ]
    );
    assert_eq!(faults(" 5 NS a\n").1, ["line 1: the text ends at byte 1, before an owner (RFC 1035 §5.1)"]);
}

/// Every form of the end of a line, and none at the end of the file.
#[test]
fn ends_of_lines() {
    let wanted = ["a.example.test. 0 IN NS b.example.test.", "a.example.test. 0 IN NS c.example.test."];
    for text in [
        "$TTL 0\na NS b\n  NS c\n",
        "$TTL 0\r\na NS b\r\n  NS c\r\n",
        "$TTL 0\na NS b\n  NS c",
        "\n\n$TTL 0 ; none\n\na NS b ; one\n  NS ( ; two\r\n c ; three\r\n ) ; four",
    ] {
        assert_eq!(lines(text), wanted, "{text:?}");
    }
    assert_eq!(lines(""), [""; 0]);
    assert_eq!(lines(" \r\n;\n\t\n"), [""; 0]);
}

/// Each fault has its line and its byte, and the entries after it are read.
#[test]
fn going_on_after_a_fault() {
    let text = "$TTL 0
a NS b
a NS b..c
a MX ten b
$ORIGIN
$TTL x
$GENERATE 1-9 a$ A 192.0.2.$
a OPT x
a TXT \"open
a NS ) d
a A 192.0.2.1 ; good again
a SOA ( b
   c 1 2 3 4 five )
z NS c
";
    let (records, faults) = faults(text);
    assert_eq!(
        records,
        [
            "a.example.test. 0 IN NS b.example.test.",
            "a.example.test. 0 IN A 192.0.2.1",
            "z.example.test. 0 IN NS c.example.test.",
        ]
    );
    let wanted = [
        "line 3: an empty label at byte 21; only the root, at the end, is empty (RFC 1035 §3.1)",
        "line 4: `ten` at byte 29 cannot be PREFERENCE of type MX: it is not a number from 0 to 65535 (RFC 1035 §3.3.9)",
        "line 5: the text ends at byte 42, before $ORIGIN (RFC 1035 §5.1)",
        "line 6: `x` at byte 48 cannot be $TTL: it is not a number of seconds, or a time like 1h30m (RFC 1035 §5.1)",
        "line 7: `$GENERATE` at byte 50 cannot be an entry: it is not $ORIGIN, $TTL or $INCLUDE (RFC 1035 §5.1)",
        "line 8: `OPT` at byte 81 cannot be a type in a zone: it is not one that zones hold (RFC 1035 §5.1)",
        "line 9: the string that begins at byte 93 has no quote at its end (RFC 1035 §5.1)",
        "line 10: a parenthesis at byte 104 without its partner; RFC 1035 §5.1 has them in pairs, not nested",
        "line 13: `five` at byte 158 cannot be MINIMUM of type SOA: it is not a number of seconds, or a time like \
         1h30m (RFC 1035 §3.3.13)",
    ];
    assert_eq!(faults, wanted);
}

/// After an owner that cannot be read, the lines that would inherit it get no other one.
#[test]
fn no_owner_of_another_entry() {
    for (text, count) in [
        ("$TTL 0\na NS b\nb..c NS d\n  NS e\n  NS f\ng NS h\n", 3),
        ("$TTL 0\na NS b\nb TXT \"c\n  NS e\ng NS h\n", 2),
        ("$TTL 0\na NS b\nb NS ( c ( d\n  NS e\ng NS h\n", 2),
    ] {
        let (records, faults) = faults(text);
        assert_eq!(
            records,
            ["a.example.test. 0 IN NS b.example.test.", "g.example.test. 0 IN NS h.example.test."],
            "{text}"
        );
        assert_eq!(faults.len(), count, "{faults:?}");
        assert!(faults[1].contains("before an owner"), "{faults:?}");
    }
    // Data that cannot be read leaves the owner as it is.
    let (records, _) = faults("$TTL 0\na A x\n  NS e\n");
    assert_eq!(records, ["a.example.test. 0 IN NS e.example.test."]);
}

/// RFC 1035 §5.1: another file, with an origin of its own; the origin and the owner here stay.
#[test]
fn include() {
    let text = "$TTL 5\na NS b\n$INCLUDE one.zone\n  NS c\n$INCLUDE two.zone sub ; below sub\nd NS e\n$INCLUDE none.zone\n\
                $INCLUDE\n";
    let zone = ZoneFile::read(text.as_bytes(), &name("example.test"), &mut |file| match file {
        "one.zone" => Ok(b"x NS y\n$ORIGIN other.test.\n$TTL 9\nx NS y\n".to_vec()),
        "two.zone" => Ok(b"\n@ NS z\nbad..name NS z\n".to_vec()),
        _ => Err("there is none".into()),
    });
    let records: Vec<String> = zone.records.iter().map(|record| record.to_string()).collect();
    assert_eq!(
        records,
        [
            "a.example.test. 5 IN NS b.example.test.",
            "x.example.test. 5 IN NS y.example.test.",
            "x.other.test. 9 IN NS y.other.test.",
            "a.example.test. 5 IN NS c.example.test.",
            "sub.example.test. 5 IN NS z.sub.example.test.",
            "d.example.test. 5 IN NS e.example.test.",
        ]
    );
    let faults: Vec<String> = zone.faults.iter().map(|fault| fault.to_string()).collect();
    assert_eq!(
        faults,
        [
            "two.zone, line 3: an empty label at byte 12; only the root, at the end, is empty (RFC 1035 §3.1)",
            "line 7: $INCLUDE at byte 80 wants none.zone: there is none (RFC 1035 §5.1)",
            "line 8: the text ends at byte 107, before $INCLUDE (RFC 1035 §5.1)",
        ]
    );
    assert_eq!(zone.faults[0].file.as_deref(), Some("two.zone"));
    // Without a way to read files.
    let zone = ZoneFile::parse(b"$INCLUDE a\n", &name("."));
    assert_eq!(
        zone.faults[0].to_string(),
        "line 1: $INCLUDE at byte 0 wants a: no files are read here (RFC 1035 §5.1)"
    );
}

/// Files that include themselves end, by depth and by number.
#[test]
fn files_without_end() {
    let mut asked = 0;
    let zone = ZoneFile::read(b"$TTL 1\n$INCLUDE a\n@ NS b\n", &name("."), &mut |_| {
        asked += 1;
        Ok(b"@ NS c\n$INCLUDE a\n".to_vec())
    });
    assert_eq!((asked, zone.records.len(), zone.faults.len()), (16, 17, 1));
    assert_eq!(
        zone.faults[0].to_string(),
        "a, line 2: $INCLUDE at byte 7 wants a: 16 files include one another already (RFC 1035 §5.1)"
    );
    let mut asked = 0;
    let zone = ZoneFile::read(b"$INCLUDE a\n", &name("."), &mut |_| {
        asked += 1;
        Ok(b"$INCLUDE a\n$INCLUDE a\n".to_vec())
    });
    assert_eq!(asked, 1_000);
    assert!(zone.faults.iter().any(|fault| fault.to_string().contains("1000 files were included already")));
}

/// The line of each of many faults; counting from the start for each of them would take minutes.
#[test]
fn a_hundred_thousand_faults() {
    let zone = ZoneFile::parse("x\n\n".repeat(100_000).as_bytes(), &name("."));
    assert_eq!(zone.faults.len(), 100_000);
    for (number, fault) in zone.faults.iter().enumerate() {
        assert_eq!((fault.line, fault.refused.offset), (1 + 2 * number, 1 + 3 * number));
        assert_eq!(fault.refused.reason, TextReason::TextEnds { name: "type", rtype: RecordType::ANY });
    }
}

/// Zones do not hold what only messages do (RFC 6895 §3.1).
#[test]
fn meta_types() {
    for rtype in ["OPT", "TSIG", "AXFR", "TYPE128", "TYPE255"] {
        let (records, faults) = faults(&format!("@ 5 {rtype} \\# 0\n"));
        assert_eq!((records.len(), faults.len()), (0, 1), "{rtype}");
        assert!(faults[0].contains("one that zones hold"), "{faults:?}");
    }
    assert_eq!(lines("@ 5 TYPE256 1 1 \"a\"\n@ 5 TYPE127 \\# 0\n").len(), 2);
}

#[test]
fn each_record_has_its_line() {
    let text = b"; a comment\n@ 60 A 192.0.2.1\n\n   60 AAAA (\n 2001:db8::1 )\n$INCLUDE other\nwww 60 A 192.0.2.2\n";
    let mut include = |_: &str| Ok(b"\nx 60 A 192.0.2.3\nnonsense\ny 60 A 192.0.2.4\n".to_vec());
    let zone = ZoneFile::read(text, &name("example.test"), &mut include);
    let lines: Vec<(Option<&str>, usize)> =
        zone.lines.iter().map(|line| (line.file.as_deref(), line.number)).collect();
    assert_eq!(lines, [(None, 2), (None, 4), (Some("other"), 2), (Some("other"), 4), (None, 7)]);
    assert_eq!(zone.faults[0].line, 3);
    assert_eq!(zone.records.len(), zone.lines.len());
}
