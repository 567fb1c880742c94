//! One word for one idea in all crates: a reader who has learned dns knows the words of tls13.
//!
//! The words are those of the table in CONTRIBUTING.md. The rules here look at what a source declares: types, aliases,
//! variants, functions and modules.

use super::Finding;
use super::lexer::Token;
use super::source::{House, Source};

/// Names for types that have another name in this workspace.
const TYPES: &[(&str, &str)] = &[
    ("Malformed", "`Refused<Reason>` of dissect"),
    ("DecodeError", "`Refused<Reason>` of dissect"),
    ("ParseError", "`Refused<Reason>` of dissect"),
    ("Problem", "`Reason`"),
    ("Wire", "`Parsed<'_, T, Reason>` of dissect"),
    ("Read", "`Parsed<'_, T, Reason>` of dissect"),
    ("Whole", "a noun that says what is whole: `Packet`, `Message`"),
    ("StreamDirection", "`Direction` of dissect"),
    ("ClientConfig", "`Config`"),
    ("ServerConfig", "`Config`"),
    ("Settings", "`Config`"),
];

/// Names for a flag that says which way bytes go.
const WAYS: &[&str] = &["to_server", "to_client", "from_server", "from_client"];

/// The fields of a refusal, under all the names that were seen for them.
const OF_A_REFUSAL: [&str; 8] = ["what", "offset", "reason", "problem", "rule", "message", "says", "why"];

/// Names for the variant of a `Reason` that says that the bytes ended.
const ENDS_EARLY: &[&str] =
    &["CutShort", "Short", "TooShort", "Truncated", "Incomplete", "UnexpectedEnd", "Eof"];

pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for each in &house.crates {
        for source in &each.sources {
            let is_dissect = each.name == "dissect";
            let is_a_layer = !is_dissect && each.name != "examples";
            let mut checker = Checker { source, is_dissect, is_a_layer, findings: Vec::new() };
            checker.declarations();
            checker.blocking_stream();
            findings.append(&mut checker.findings);
        }
    }
    findings
}

struct Checker<'a> {
    source: &'a Source,
    /// dissect declares the common words; all others use them.
    is_dissect: bool,
    /// Whether it reads what is on a wire: packet, and the protocols.
    is_a_layer: bool,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn found(&mut self, line: usize, seen: String, instead: &str) {
        let (file, instead) = (self.source.path.clone(), instead.to_owned());
        self.findings.push(Finding { file, line, seen, instead });
    }

    fn declarations(&mut self) {
        let tokens = &self.source.lexed.tokens;
        for (index, pair) in tokens.windows(2).enumerate() {
            let (name, line, rest) = (pair[1].text.as_str(), pair[1].line, &tokens[index + 2..]);
            match pair[0].text.as_str() {
                "struct" => {
                    self.type_name(name, line);
                    self.refusal(name, line, &fields(rest));
                }
                "enum" => {
                    self.type_name(name, line);
                    self.variants(name, line, &variants(rest));
                }
                "type" => {
                    self.type_name(name, line);
                    self.alias(name, line, rest);
                }
                "fn" if name == "dissect" || name.starts_with("dissect_") => self.dissect(name, line, rest),
                flag if WAYS.contains(&flag)
                    && name == ":"
                    && rest.first().is_some_and(|t| t.text == "bool") =>
                {
                    let instead = "`Direction` of dissect on a conversation; `Sent` and `Received` at a host";
                    self.found(line, format!("{flag}: bool says which way"), instead);
                }
                _ => {}
            }
        }
    }

    fn type_name(&mut self, name: &str, line: usize) {
        // In `internet` a wire is a wire.
        let is_a_wire = name == "Wire" && self.source.path.starts_with("internet");
        if let Some((_, instead)) = TYPES.iter().find(|(word, _)| *word == name && !is_a_wire) {
            self.found(line, format!("a type named {name}"), instead);
        }
        // In HTTP "content" is the RFC's noun for what a message carries.
        if name == "Content" && ["packet", "tcp"].iter().any(|folder| self.source.path.starts_with(folder)) {
            self.found(line, "a type named Content".to_owned(), "`Payload`");
        }
    }

    fn is_wrong(&self, name: &str) -> bool {
        TYPES.iter().any(|(word, _)| *word == name)
    }

    /// The shape of a refusal: dissect has the only one. An error that knows more (an alert to send, the number of a
    /// record) is another thing.
    fn refusal(&mut self, name: &str, line: usize, fields: &[&str]) {
        let has = |field| fields.contains(&field);
        let why = has("reason") || has("problem") || has("rule") || name.ends_with("Error");
        let nothing_more = fields.iter().all(|field| OF_A_REFUSAL.contains(field));
        if !self.is_dissect && has("offset") && why && nothing_more {
            let seen = format!("struct {name} {{ {} }}", fields.join(", "));
            self.found(line, seen, "`Refused<Reason>` of dissect: what, offset, reason");
        }
    }

    fn variants(&mut self, name: &str, line: usize, variants: &[&Token]) {
        let has = |word: &str| variants.iter().any(|variant| variant.text == word);
        if !self.is_dissect && has("ToServer") && has("ToClient") {
            self.found(
                line,
                format!("a second enum {name} {{ ToServer, ToClient }}"),
                "`Direction` of dissect",
            );
        }
        for variant in variants.iter().filter(|_| name == "Reason") {
            if ENDS_EARLY.contains(&variant.text.as_str()) {
                let seen = format!("the bytes that ended are Reason::{}", variant.text);
                self.found(variant.line, seen, "`Reason::EndsEarly`");
            }
        }
    }

    /// A function that names the bytes of something: it gives what was read, and the tree.
    fn dissect(&mut self, name: &str, line: usize, rest: &[Token]) {
        let signature: Vec<&str> =
            rest.iter().map(|token| token.text.as_str()).take_while(|text| *text != "{").collect();
        let gives_both = signature.ends_with(&["Tree", ")"]);
        if name.starts_with("dissect_") || self.is_a_layer && !gives_both {
            let seen = format!(
                "fn {name}{}",
                if gives_both { "" } else { ", which gives no tree beside the result" }
            );
            self.found(line, seen, "`dissect(bytes) -> (Result<X, ..>, Tree)` in the module of X");
        }
    }

    /// An alias that hides the word it stands for.
    fn alias(&mut self, name: &str, line: usize, rest: &[Token]) {
        let target = rest.iter().map(|token| token.text.as_str()).skip_while(|text| *text != "=").skip(1);
        let path: Vec<&str> = target.take_while(|text| !["<", ";"].contains(text)).collect();
        let hidden = path.last().filter(|word| ["IResult", "Parsed", "Refused"].contains(word));
        if let Some(hidden) = hidden.filter(|_| !self.is_dissect && !self.is_wrong(name)) {
            let instead = "write `Parsed<'_, T, Reason>` or `Refused<Reason>` out";
            self.found(line, format!("type {name} hides {hidden}"), instead);
        }
    }

    /// A module `stream` that blocks on a socket.
    fn blocking_stream(&mut self) {
        let reads = self.source.lexed.tokens.windows(3).any(|next| {
            let text = [&next[0].text, &next[1].text, &next[2].text].map(String::as_str);
            text == ["impl", "Read", "for"] || text == ["io", "::", "Read"]
        });
        let is_stream = |part: &str| part == "stream" || part == "stream.rs";
        if self.source.in_crate().split('/').any(is_stream) && reads {
            self.found(0, "a module `stream` that blocks".to_owned(), "module `driver`");
        }
    }
}

/// The names of a struct's fields.
fn fields(rest: &[Token]) -> Vec<&str> {
    let body = body(rest);
    let named = body.windows(2).filter(|pair| pair[1].0 == 1 && pair[1].1.text == ":" && pair[0].0 == 1);
    named.map(|pair| pair[0].1.text.as_str()).collect()
}

/// An enum's variants.
fn variants(rest: &[Token]) -> Vec<&Token> {
    let body: Vec<_> =
        body(rest).into_iter().filter(|(depth, _)| *depth == 1).map(|(_, token)| token).collect();
    let starts = body.iter().enumerate().filter(|(index, token)| {
        let before = index.checked_sub(1).map_or(",", |before| body[before].text.as_str());
        (before == "," || before == "]") && token.text.starts_with(char::is_uppercase)
    });
    starts.map(|(_, token)| *token).collect()
}

/// The tokens in the braces that begin before the next `;`, each with its depth in brackets. The outer braces are left
/// out; what they enclose has depth 1.
fn body(rest: &[Token]) -> Vec<(usize, &Token)> {
    let open = rest.iter().position(|token| token.text == "{" || token.text == ";");
    let Some(open) = open.filter(|open| rest[*open].text == "{") else { return Vec::new() };
    let (mut depth, mut body) = (0_usize, Vec::new());
    for token in &rest[open..] {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        match depth {
            0 => break,
            // The closing bracket of an attribute counts as a sign of the level it returns to.
            _ => body.push((depth, token)),
        }
    }
    body.split_off(1.min(body.len()))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::House;

    #[track_caller]
    fn finds(text: &str, wanted: &[(usize, &str)]) {
        let found = check(&House::of("dns", "", &[("stream.rs", text)]));
        let found: Vec<_> = found.iter().map(|finding| (finding.line, finding.seen.as_str())).collect();
        assert_eq!(found, wanted, "{text}");
    }

    #[test]
    fn wrong_words_are_found() {
        finds("pub enum Problem { Bad }", &[(1, "a type named Problem")]);
        finds("pub(crate) type Wire<'a, T> = Parsed<'a, T, Reason>;", &[(1, "a type named Wire")]);
        finds("type Out<'a, T> = nom::IResult<&'a [u8], T>;", &[(1, "type Out hides IResult")]);
        finds("\npub struct ClientConfig;", &[(2, "a type named ClientConfig")]);
        finds(
            "pub fn dissect_message(b: &[u8]) -> (Result<M, R>, Tree) {}\npub fn dissect(b: &[u8]) -> Result<Tree, R> {}",
            &[(1, "fn dissect_message"), (2, "fn dissect, which gives no tree beside the result")],
        );
        finds("fn f(to_server: bool) {}", &[(1, "to_server: bool says which way")]);
        finds(
            "enum Reason {\n #[doc(hidden)]\n Short,\n Long { Short: u8 },\n CutShort(u8),\n}",
            &[
                (3, "the bytes that ended are Reason::Short"),
                (5, "the bytes that ended are Reason::CutShort"),
            ],
        );
        finds("enum Way { ToClient, ToServer }", &[(1, "a second enum Way { ToServer, ToClient }")]);
        finds(
            "pub struct Error { pub offset: usize, pub reason: Vec<(u8, R)> }",
            &[(1, "struct Error { offset, reason }")],
        );
        finds("struct Bad { offset: usize, rule: &'static str }", &[(1, "struct Bad { offset, rule }")]);
        finds("impl Read for Tcp { fn read() {} }", &[(0, "a module `stream` that blocks")]);
    }

    #[test]
    fn right_words_are_not_found() {
        finds("type Start = for<'a> fn(&'a [u8]) -> Parsed<'a, (), Reason>; struct Content;", &[]);
        finds("pub enum Reason { EndsEarly, Version { offset: u8, reason: u8 } }", &[]);
        finds("pub enum Direction { Sent, Received }", &[]);
        finds("struct DecryptError { offset: usize, sequence: u64, reason: R }", &[]);
        finds("struct Place { offset: u16, length: u8 } fn dissect() -> (Result<M, R>, Tree) {}", &[]);
        finds("use rustls::ClientConfig; // struct Problem", &[]);
    }
}
