//! A zone: from a file to bytes, and back.
//!
//! A master file is written for people (RFC 1035 §5.1): a name without a final dot lies below `$ORIGIN`, an owner that
//! is left out is that of the line before, `1h` is 3600 seconds, and an entry in parentheses goes on in the next line.
//! A record has none of that. Here a file is read, and its zone is given to a server. The server is asked for a
//! transfer of the zone (AXFR, RFC 5936), so each record stands in one long message. Below each record are its bytes
//! there. Pointers make them few: `c0` and a number say where the rest of a name stands. At the end the records of the
//! message are written as text and read again.
//!
//! Try: `cargo run --example dns_zone -- origin`: the first line of the file is another one. Which bytes change, and
//! which do not? Then `-- dots`: in the MX record the dot after mail.example.test is missing. What is the name of the
//! mail server now, and which program could have noticed? Then `-- faults`: four lines more, with three faults. Which
//! of them does the reader of the file find, and which only the server?
//!
//! ```text
//! 10 lines are 7 records
//! example.test. 3600 IN SOA ns1.example.test. hostmaster.example.test. 7 7200 3600
//!     1209600 300
//!    30  c0 0c 00 06 00 01 00 00 0e 10 00 27 03 6e 73 31 c0 0c 0a 68 6f 73 74 6d
//!        61 73 74 65 72 c0 0c 00 00 00 07 00 00 1c 20 00 00 0e 10 00 12 75 00 00
//!        00 01 2c
//! example.test. 3600 IN NS ns1.example.test.
//!    81  c0 0c 00 02 00 01 00 00 0e 10 00 02 c0 2a
//! example.test. 3600 IN MX 10 mail.example.test.
//!    95  c0 0c 00 0f 00 01 00 00 0e 10 00 09 00 0a 04 6d 61 69 6c c0 0c
//! mail.example.test. 3600 IN A 203.0.113.25
//!   116  c0 6d 00 01 00 01 00 00 0e 10 00 04 cb 00 71 19
//! mail.example.test. 3600 IN TXT "a b" "c"
//!   132  c0 6d 00 10 00 01 00 00 0e 10 00 06 03 61 20 62 01 63
//! ns1.example.test. 3600 IN A 203.0.113.53
//!   150  c0 2a 00 01 00 01 00 00 0e 10 00 04 cb 00 71 35
//! *.www.example.test. 60 IN A 203.0.113.80
//!   166  01 2a 03 77 77 77 c0 0c 00 01 00 01 00 00 00 3c 00 04 cb 00 71 50
//! example.test. 3600 IN SOA ns1.example.test. hostmaster.example.test. 7 7200 3600
//!     1209600 300
//!   188  c0 0c 00 06 00 01 00 00 0e 10 00 18 c0 2a c0 30 00 00 00 07 00 00 1c 20
//!        00 00 0e 10 00 12 75 00 00 00 01 2c
//! 224 bytes; read again as text: the same records: true
//! ```

use std::error::Error;

use barewire_dissect::lines;
use barewire_dns::authority::{Authority, Config, Zone};
use barewire_dns::stub::Protocol;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, Record, RecordType, dissect};

const FILE: &str = "$ORIGIN example.test.
$TTL 1h
@     SOA  ns1 hostmaster ( 7   ; serial
                 2h 1h 2w 5m )  ; the last one is for negative answers
      NS   ns1
      MX   10 mail.example.test.
ns1   A    203.0.113.53
mail  A    203.0.113.25
      TXT  \"a b\" c
*.www 60 A 203.0.113.80
";

/// Lines that are wrong, each in another way.
const WRONG: &str = "bad   A    203.0.113.256
bad2  MX   mail
web   CNAME www
web   A    203.0.113.80
";

/// Prints what is wrong with the file, and gives its records.
fn read(file: &str) -> Result<Vec<Record>, Box<dyn Error>> {
    let origin = Name::parse_text("example.test").map_err(|refused| refused.to_string())?;
    let zone = ZoneFile::parse(file.as_bytes(), &origin);
    for fault in &zone.faults {
        println!("the reader: {}", lines(&fault.to_string(), 67, 76).join("\n    "));
    }
    Ok(zone.records)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let file = match words.join(" ").as_str() {
        "" => FILE.to_owned(),
        "origin" => FILE.replacen("example.test.", "example.net.", 1),
        "dots" => FILE.replace("mail.example.test.", "mail.example.test"),
        "faults" => format!("{FILE}{WRONG}"),
        other => return Err(format!("{other} is not known here; try origin, dots or faults").into()),
    };
    let records = read(&file)?;
    println!("{} lines are {} records", file.lines().count(), records.len());
    let zone = match Zone::new(records.clone(), None) {
        Ok(zone) => zone.with_transfer(true),
        Err(faults) => {
            for fault in faults {
                println!("the server: {}", lines(&fault.to_string(), 67, 76).join("\n    "));
            }
            return Ok(());
        }
    };
    let query = Message::query(1, zone.apex().clone(), RecordType::AXFR).encode()?;
    let mut server = Authority::new(Config::default());
    server.add(zone);
    let bytes = server.answer(&query, Protocol::Tcp).next().ok_or("no transfer")?;
    let (message, tree) = dissect(&bytes);
    let message = message?;
    let places =
        tree.walk().filter(|(_, node)| node.name == "answer record").map(|(_, node)| node.range.clone());
    for (record, place) in message.answers.iter().zip(places) {
        let hex: Vec<String> = bytes[place.clone()].iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{}", lines(&record.to_string(), 80, 76).join("\n    "));
        println!("  {:3}  {}", place.start, lines(&hex.join(" "), 73, 73).join("\n       "));
    }
    // The transfer ends with the SOA record that it began with (RFC 5936 §2.2).
    let text: String = message.answers[1..].iter().map(|record| format!("{record}\n")).collect();
    let again = read(&text)?;
    let same = again.len() == records.len() && records.iter().all(|record| again.contains(record));
    println!("{} bytes; read again as text: the same records: {same}", bytes.len());
    Ok(())
}
