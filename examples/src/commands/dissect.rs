//! `barewire dissect`: the annotated tree of raw bytes, or of each packet of a capture.

use std::io::Read;
use std::path::Path;

use barewire_dissect::printable;
use barewire_http1::Role as HttpRole;
use barewire_packet::capture::Capture;
use serde_json::{Value, json};

use super::fetch::{print, read_file};
use super::{terminal_width, text_style};
use crate::cli::{DissectArgs, Layer, Role};
use crate::failure::{Failure, Step};
use crate::reading::{Keep, Section, Story};
use crate::views::{self, LadderStyle};

/// Runs the command: exit code 0, or 1 when some of the input was broken.
pub fn dissect(args: &DissectArgs) -> Result<u8, Failure> {
    let mut broken = false;
    for path in &args.files {
        let name = path.display().to_string();
        let bytes = input(path)?;
        let bytes = if args.hex {
            unhex(&bytes).map_err(|why| Failure::new(Step::Usage, format!("{name}: {why}")))?
        } else {
            bytes
        };
        broken |= match args.layer {
            Some(layer) => message(args, &name, layer, &bytes)?,
            None => capture(args, &name, &bytes)?,
        };
    }
    Ok(u8::from(broken))
}

fn input(path: &Path) -> Result<Vec<u8>, Failure> {
    if path != Path::new("-") {
        return read_file(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(Step::Input, format!("standard input: {error}")))?;
    Ok(bytes)
}

/// Dissects one message; `true`: it was broken.
fn message(args: &DissectArgs, name: &str, layer: Layer, bytes: &[u8]) -> Result<bool, Failure> {
    let section = match layer {
        Layer::Ip => Section::ip(bytes),
        Layer::Dns => Section::dns(bytes),
        Layer::Tls13 => Section::tls(bytes),
        Layer::Http1 => Section::http(http_role(args.role, bytes), bytes),
    };
    if args.json {
        let mut object = section_json(&section);
        object["file"] = json!(name);
        print(&format!("{object}\n"))?;
    } else {
        let head = if args.files.len() > 1 { format!("{}:\n", printable(name)) } else { String::new() };
        print(&format!("{head}{}", views::section_text(&section, &text_style())))?;
    }
    Ok(section.broken.is_some())
}

/// Requests begin with a method, responses with `HTTP/`.
fn http_role(chosen: Option<Role>, bytes: &[u8]) -> HttpRole {
    match chosen {
        Some(Role::Request) => HttpRole::Request,
        Some(Role::Response) => HttpRole::Response,
        None if bytes.starts_with(b"HTTP/") => HttpRole::Response,
        None => HttpRole::Request,
    }
}

/// Dissects every packet of a capture; `true`: some were broken.
fn capture(args: &DissectArgs, name: &str, bytes: &[u8]) -> Result<bool, Failure> {
    let hint = "; for bytes that are no capture, say what they are with --layer";
    let capture = Capture::read(bytes).map_err(|error| {
        let mut failure = Failure::lesson(Step::Usage, &error);
        failure.message = format!("{name}: {failure}{hint}");
        failure
    })?;
    let story = Story::of(&capture, Keep::Bytes);
    let mut broken = false;
    let mut packets = Vec::new();
    let style = LadderStyle { width: terminal_width(), most_lines: usize::MAX, color: text_style().color };
    for row in &story.rows {
        let sections = story.sections(&capture, row);
        broken |= sections.iter().any(|section| section.broken.is_some());
        if args.json {
            packets.push(json!({
                "packet": row.packet + 1,
                "time_ms": row.time.as_micros() as f64 / 1000.0,
                "sections": sections.iter().map(section_json).collect::<Vec<_>>(),
            }));
        } else {
            print(&format!(
                "{}{}\n",
                views::row_text(row, style),
                views::packet_bytes(&story, &capture, row, &text_style())
            ))?;
        }
    }
    if args.json {
        print(&format!("{}\n", json!({ "file": name, "packets": packets })))?;
    }
    Ok(broken)
}

fn section_json(section: &Section) -> Value {
    // The tree writes its own JSON; reading it back costs little and keeps one format.
    let fields: Value = serde_json::from_str(&section.tree.to_json()).unwrap_or_default();
    let mut object = json!({ "what": section.title, "bytes": section.bytes.len(), "fields": fields });
    if let Some(broken) = &section.broken {
        object["error"] = json!({ "offset": broken.offset, "rule": broken.rule, "message": broken.message });
    }
    object
}

/// Bytes from hexadecimal text, as people and tools write it: white space does not count, nor does an offset
/// before a colon ("0010: 16 03"), nor `0x`.
fn unhex(text: &[u8]) -> Result<Vec<u8>, String> {
    let text =
        std::str::from_utf8(text).map_err(|error| format!("no text at byte {}", error.valid_up_to()))?;
    let mut digits = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split_once(':').map_or(line, |(_, bytes)| bytes);
        for word in line.split_ascii_whitespace() {
            let word = word.trim_start_matches("0x");
            match word.chars().find(|c| !c.is_ascii_hexdigit()) {
                Some(c) => return Err(format!("line {}: {c:?} is no hexadecimal digit", number + 1)),
                None => digits.extend(word.bytes()),
            }
        }
    }
    if digits.len() % 2 == 1 {
        return Err(format!("{} hexadecimal digits make no whole number of bytes", digits.len()));
    }
    let value = |digit: u8| (digit as char).to_digit(16).unwrap_or(0) as u8;
    Ok(digits.chunks(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_text_as_people_write_it() {
        assert_eq!(unhex(b"0x16 0303\n0010: 00 7A").unwrap(), [0x16, 3, 3, 0, 0x7a]);
        assert_eq!(unhex(b""), Ok(Vec::new()));
        assert_eq!(unhex(b"123").unwrap_err(), "3 hexadecimal digits make no whole number of bytes");
        assert_eq!(unhex(b"12\n3g").unwrap_err(), "line 2: 'g' is no hexadecimal digit");
    }
}
