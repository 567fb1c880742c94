//! The byte strings of RFC 8448, read from `rfc8448.md` beside this file. The tests of the client's private parts read
//! them, too (`src/client/rfc8448.rs`), so nothing here names an item of the crate.

use std::collections::HashMap;

/// The blocks of one section.
pub(crate) struct Section {
    /// By name. Where a name is used twice, the first: the client's keys come before the server's.
    named: HashMap<String, Vec<u8>>,
    /// All records, in the order they were sent.
    pub(crate) records: Vec<Vec<u8>>,
    /// All messages that are sent encrypted, in order.
    pub(crate) handshakes: Vec<Vec<u8>>,
}

impl Section {
    /// The section of that number.
    pub(crate) fn read(number: &str) -> Section {
        let text = include_str!("rfc8448.md");
        let start = text.find(&format!("## RFC 8448 section {number}")).unwrap();
        let end = text[start + 3..].find("\n## ").map_or(text.len(), |at| start + 3 + at);
        let mut section = Section { named: HashMap::new(), records: Vec::new(), handshakes: Vec::new() };
        let mut lines = text[start..end].lines().peekable();
        while let Some(line) = lines.next() {
            let Some((name, count)) = line.strip_suffix(" octets)").and_then(|line| line.rsplit_once(" ("))
            else {
                continue;
            };
            let mut bytes = Vec::new();
            while let Some(line) = lines.next_if(|line| line.is_empty() || line.starts_with("    ")) {
                bytes.extend(line.split_whitespace().map(|hex| u8::from_str_radix(hex, 16).unwrap()));
            }
            assert_eq!(bytes.len(), count.parse::<usize>().unwrap(), "{name}");
            match name {
                "record" => section.records.push(bytes),
                // The handshake secret has the same name.
                "handshake" if bytes.len() != 32 => section.handshakes.push(bytes),
                _ => {
                    section.named.entry(name.to_owned()).or_insert(bytes);
                }
            }
        }
        section
    }

    /// The block of that name.
    pub(crate) fn get(&self, name: &str) -> &[u8] {
        self.named.get(name).unwrap_or_else(|| panic!("no block {name}"))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
