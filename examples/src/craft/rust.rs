//! A packet as the Rust code that makes it: each header in a vector of its own, the innermost first.
//!
//! What was filled in by a rule is computed by the code too, so that a field can be changed there. What was given
//! stands there as it was given. Tested in `tests/craft`, which compiles such code.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::bits::get;
use super::build::{Built, Part, Set};
use super::header::{Form, Over, Rule};

impl Built {
    /// The whole of a program that prints the packet. `what` is a comment: the packet as it was asked for.
    pub fn rust(&self, what: &str) -> String {
        let function = self.rust_function("packet", what);
        format!(
            "{}\n{function}\nfn main() {{\n    println!(\"{{:02x?}}\", packet());\n}}\n",
            rust_uses(&function)
        )
    }

    /// A function of this name that makes the packet.
    pub fn rust_function(&self, name: &str, what: &str) -> String {
        let mut out = format!("/// {}\nfn {name}() -> Vec<u8> {{", one_line(what));
        let names = self.names();
        for (index, part) in self.parts.iter().enumerate() {
            if self.sums_over(index) {
                let [source, destination] = ["src", "dst"].map(|field| self.address(part, field));
                let suffix = suffix(&names[index]);
                let _ = write!(out, "\n    let source{suffix} = {source};");
                let _ = writeln!(out, "\n    let destination{suffix} = {destination};");
            }
        }
        for (index, part) in self.parts.iter().enumerate().rev() {
            let inner = names.get(index + 1).map(String::as_str);
            let around = self.parts[..index].iter().rposition(is_ip).map_or("", |ip| suffix(&names[ip]));
            let own = self.sums_over(index).then(|| suffix(&names[index]));
            out += &self.part(part, &names[index], inner, (own, around));
        }
        let first = names.first().map_or("Vec::new()", String::as_str);
        out + &format!("    {first}\n}}\n")
    }

    /// A name for the variable of each header: tcp, ip, ip_2.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for part in &self.parts {
            let name = part.header.name;
            let before = names.iter().filter(|one| one.split('_').next() == Some(name)).count();
            names.push(if before == 0 { name.to_owned() } else { format!("{name}_{}", before + 1) });
        }
        names
    }

    /// Whether this is the IP header whose addresses a checksum inside is over.
    fn sums_over(&self, index: usize) -> bool {
        let after = &self.parts[index + 1..];
        let end = after.iter().position(is_ip).unwrap_or(after.len());
        let is_over = |set: &Set| matches!(set.field.rule, Rule::Checksum(Over::WithAddresses(_)));
        let sums = |part: &Part| part.sets.iter().any(|set| is_over(set) && set.asked.is_none());
        is_ip(&self.parts[index]) && after[..end].iter().any(sums)
    }

    fn address(&self, part: &Part, field: &str) -> String {
        let set = part.sets.iter().find(|set| set.field.name == field);
        set.map_or(String::new(), |set| self.literal(set))
    }

    fn part(
        &self,
        part: &Part,
        name: &str,
        inner: Option<&str>,
        (own, around): (Option<&str>, &str),
    ) -> String {
        let header = part.header;
        let mut out = format!("\n    // {}\n    let mut {name}: Vec<u8> = Vec::new();\n", header.title);
        for group in groups(part) {
            out += &self.group(part, name, (inner, own), group);
        }
        let written = part.sets.last().map_or(part.range.start, |set| set.bits.end / 8);
        if written < part.range.end {
            let _ = writeln!(
                out,
                "    {name}.extend({}); // padding",
                bytes(&self.bytes[written..part.range.end])
            );
        }
        if let Some(inner) = inner {
            let _ = writeln!(out, "    {name}.extend({inner});");
        }
        for set in &part.sets {
            if let (Rule::Checksum(over), None) = (set.field.rule, &set.asked) {
                let at = set.bits.start / 8 - part.range.start;
                out += &sum(name, over, header.length.max(part.range.len()), at, around);
            }
        }
        if out.matches(&format!("{name}.")).count() == 0 {
            out = out.replace("let mut ", "let ");
        }
        out
    }

    /// Fields that share bytes, in one line.
    fn group(
        &self,
        part: &Part,
        name: &str,
        (inner, own): (Option<&str>, Option<&str>),
        group: &[Set],
    ) -> String {
        let is_option = |set: &Set| matches!(set.field.form, Form::Options(_));
        let name_of = |set: &Set| if is_option(set) { set.sent.clone() } else { set.field.name.to_owned() };
        let comment = group.iter().map(name_of).collect::<Vec<_>>().join(", ");
        let [set] = group else {
            return format!("    {name}.{}; // {comment}\n", self.word(group));
        };
        let (length, after) =
            (part.range.len(), inner.map_or("0".to_owned(), |inner| format!("{inner}.len()")));
        let is_filled = set.asked.is_none();
        if let Some(suffix) = own.filter(|_| matches!(set.field.name, "src" | "dst")) {
            let variable = if set.field.name == "src" { "source" } else { "destination" };
            return format!("    {name}.extend({variable}{suffix}.octets()); // {comment}\n");
        }
        match set.field.rule {
            Rule::Length if is_filled => {
                format!("    {name}.extend((({length} + {after}) as u16).to_be_bytes()); // {comment}\n")
            }
            Rule::PayloadLength if is_filled => {
                format!("    {name}.extend(({after} as u16).to_be_bytes()); // {comment}\n")
            }
            Rule::Checksum(_) if is_filled => format!("    {name}.extend([0, 0]); // {comment}, see below\n"),
            _ => format!("    {name}.{}; // {comment}\n", self.extend(set)),
        }
    }

    /// The call that adds a field.
    fn extend(&self, set: &Set) -> String {
        let all = &self.bytes[set.bits.start / 8..set.bits.end.div_ceil(8)];
        match (set.field.form, set.bits.len()) {
            (Form::Ipv4 | Form::Ipv6, _) => format!("extend({}.octets())", self.literal(set)),
            (Form::Text, _) if !all.is_empty() => format!("extend(b\"{}\")", all.escape_ascii()),
            (Form::Zeros, _) => format!("extend([0; {}])", all.len()),
            (Form::Number | Form::Hex | Form::Named(_) | Form::Flags(_) | Form::RecordType, 8) => {
                format!("push({})", self.literal(set))
            }
            (Form::Number | Form::Hex | Form::Named(_) | Form::Flags(_) | Form::RecordType, 16 | 32) => {
                format!("extend({}_u{}.to_be_bytes())", self.literal(set), set.bits.len())
            }
            _ => format!("extend({})", bytes(all)),
        }
    }

    /// Fields of a few bits each, shifted to their places in a word.
    fn word(&self, group: &[Set]) -> String {
        let (start, end) = (group[0].bits.start, group.last().map_or(0, |set| set.bits.end));
        let width = end - start;
        let shifted = |set: &Set| match end - set.bits.end {
            0 => self.literal(set),
            by => format!("{} << {by}", self.literal(set)),
        };
        let parts: Vec<String> = group.iter().map(shifted).collect();
        match (width, parts.join(" | ")) {
            (8, word) => format!("push({word})"),
            (_, word) => format!("extend(u{width}::to_be_bytes({word}))"),
        }
    }

    fn literal(&self, set: &Set) -> String {
        let number = get(&self.bytes, set.bits.start, set.bits.len());
        match set.field.form {
            Form::Ipv4 => {
                let [a, b, c, d] = Ipv4Addr::from_bits(number as u32).octets();
                format!("Ipv4Addr::new({a}, {b}, {c}, {d})")
            }
            Form::Ipv6 => {
                let words = Ipv6Addr::from_bits(number).segments().map(|word| format!("{word:#x}"));
                format!("Ipv6Addr::new({})", words.join(", "))
            }
            Form::Hex | Form::Flags(_) => format!("{number:#x}"),
            _ => number.to_string(),
        }
    }
}

fn is_ip(part: &Part) -> bool {
    matches!(part.header.name, "ip" | "ip6")
}

/// The names that code of this kind uses.
pub fn rust_uses(code: &str) -> String {
    let used = |names: &[&str], from: &str| {
        let used: Vec<&str> =
            names.iter().copied().filter(|name| code.contains(&format!("{name}("))).collect();
        match used[..] {
            [] => String::new(),
            [one] => format!("use {from}::{one};\n"),
            _ => format!("use {from}::{{{}}};\n", used.join(", ")),
        }
    };
    let addresses: Vec<&str> =
        ["Ipv4Addr", "Ipv6Addr"].into_iter().filter(|name| code.contains(&format!("{name}::"))).collect();
    let addresses = match addresses[..] {
        [] => String::new(),
        [one] => format!("use std::net::{one};\n\n"),
        _ => format!("use std::net::{{{}}};\n\n", addresses.join(", ")),
    };
    addresses + &used(&["checksum", "pseudo_header"], "barewire_packet::checksum")
}

/// The fields of a part, those that share a byte together.
fn groups(part: &Part) -> Vec<&[Set]> {
    let mut groups = Vec::new();
    let mut rest = &part.sets[..];
    while !rest.is_empty() {
        let end =
            rest.iter().position(|set| set.bits.end.is_multiple_of(8)).map_or(rest.len(), |last| last + 1);
        let (group, after) = rest.split_at(end);
        groups.push(group);
        rest = after;
    }
    groups
}

/// The lines that compute a checksum.
fn sum(name: &str, over: Over, header: usize, at: usize, around: &str) -> String {
    let put = format!("    {name}[{at}..{}].copy_from_slice(&sum.to_be_bytes());\n", at + 2);
    match over {
        Over::Header => format!("    let sum = checksum(&{name}[..{header}]);\n{put}"),
        Over::Message => format!("    let sum = checksum(&{name});\n{put}"),
        Over::WithAddresses(protocol) => {
            // A UDP checksum of 0 says that the sender made none (RFC 768).
            let sum = if protocol == 17 {
                "match sum.checksum() { 0 => 0xffff, sum => sum }"
            } else {
                "sum.checksum()"
            };
            format!(
                "    let mut sum = pseudo_header(source{around}.into(), destination{around}.into(), {protocol}, \
                 {name}.len());\n    sum.add(&{name});\n    let sum: u16 = {sum};\n{put}"
            )
        }
    }
}

fn suffix(name: &str) -> &str {
    name.find('_').map_or("", |at| &name[at..])
}

fn bytes(bytes: &[u8]) -> String {
    let all: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
    match all.len() {
        0 => "[0_u8; 0]".to_owned(),
        1..=12 => format!("[{}]", all.join(", ")),
        _ => {
            let lines: Vec<String> =
                all.chunks(12).map(|line| format!("        {},\n", line.join(", "))).collect();
            format!("[\n{}    ]", lines.concat())
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
