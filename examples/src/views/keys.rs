//! The key schedule of a connection: its transcript, and the figure of RFC 8446 §7.1 with the values it had. Tested in
//! `tests/keys.rs`.

use barewire_dissect::{Direction, count};
use barewire_tls13::ledger::{Arrow, Context, Entry, KeysInUse, Ledger, Made, Mark, Name, Operation, Step};

use super::style::{NARROWEST, Style};
use super::words::{fit, paragraph};

/// How much of hashes, secrets and keys is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysForm {
    /// Their first and last four bytes.
    Short,
    /// All of them.
    Whole,
}

/// The figure, from top to bottom. What a KeyUpdate makes follows it.
const FIGURE: [Name; 15] = [
    Name::Psk,
    Name::Early,
    Name::ClientEarly,
    Name::EarlyExporter,
    Name::EarlyDerived,
    Name::Shared,
    Name::Handshake,
    Name::ClientHandshake,
    Name::ServerHandshake,
    Name::HandshakeDerived,
    Name::Main,
    Name::ClientApplication(0),
    Name::ServerApplication(0),
    Name::Exporter,
    Name::Resumption,
];

/// Draws the schedule of a connection called `name`, and below it the remarks. It holds secrets.
pub fn keys(name: &str, ledger: &Ledger, remarks: &[String], form: KeysForm, style: &Style) -> String {
    let mut figure = Figure { ledger, arrows: ledger.arrows(), form, width: style.width, out: String::new() };
    let suite = ledger.suite().map_or("no suite", |suite| suite.name());
    figure.text(&format!("{name}: {suite}"));
    figure.out.push('\n');
    figure.transcript();
    figure.out.push('\n');
    figure.schedule();
    figure.out.push('\n');
    figure.text(
        "#N: the hash of messages 1 to N; #0: of none. Extract takes the value \"derived\" above it as its salt, zeros \
             at the top, and as its input what comes in at ▼ (RFC 8446 §7.1); zeros for the main secret. --full prints \
             values whole, --openssl a command for each number. Whoever has these values can read the connection.",
    );
    for remark in remarks {
        figure.out.push('\n');
        figure.text(remark);
    }
    figure.out
}

/// Prints a command for openssl for each arrow of a connection called `name`, as a script. It holds secrets.
pub fn keys_for_openssl(name: &str, ledger: &Ledger) -> String {
    let Some(hash) = ledger.hash() else { return String::new() };
    let mut out = format!("# {name}\n");
    for (index, arrow) in ledger.arrows().iter().enumerate() {
        let (number, made) = (index + 1, arrow.made);
        match &arrow.operation {
            Some(operation) => {
                out.push_str(&format!("\n# {number}: {made}\n{}\n", operation.openssl(hash)));
            }
            None => {
                out.push_str(&format!("\n# {number}: {made}, from the key log: what made it is not known\n"))
            }
        }
        hex(arrow.value.bytes()).as_bytes().chunks(64).for_each(|line| {
            out.push_str(&format!("# = {}\n", String::from_utf8_lossy(line)));
        });
    }
    out
}

struct Figure<'a> {
    ledger: &'a Ledger,
    arrows: Vec<Arrow>,
    form: KeysForm,
    width: usize,
    out: String,
}

impl Figure<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(&paragraph(text, 2, self.width.max(NARROWEST)));
    }

    fn transcript(&mut self) {
        let title = format!("{:>3}  {}", "#", fit("the transcript", 37));
        self.out.push_str(&format!("{title} {:>12}       hash up to here\n", "bytes"));
        for (index, Entry { name, direction, bytes, hash, .. }) in self.ledger.messages().iter().enumerate() {
            let arrow = if *direction == Direction::ToServer { "─▶" } else { "◀─" };
            let what = fit(&format!("{arrow} {name}"), 37);
            let line = format!("{:>3}  {what} {:>12}      ", index + 1, count(bytes.len() as u64));
            self.value(&line, hash.bytes());
        }
    }

    /// A line of the figure and its value: at its end, or whole below it.
    fn value(&mut self, line: &str, value: &[u8]) {
        let value = hex(value);
        match (self.form, value.get(..8), value.get(value.len().saturating_sub(8)..)) {
            (KeysForm::Short, Some(first), Some(last)) if value.len() > 17 => {
                self.out.push_str(&format!("{line} {first}…{last}\n"));
            }
            (KeysForm::Short, ..) => self.out.push_str(&format!("{line} {value}\n")),
            (KeysForm::Whole, ..) => {
                self.out.push_str(&format!("{}\n", line.trim_end()));
                value.as_bytes().chunks(64).for_each(|line| {
                    self.out.push_str(&format!("            {}\n", String::from_utf8_lossy(line)));
                });
            }
        }
    }

    fn row(&mut self, number: Option<usize>, what: &str, by: &str, value: Option<&[u8]>) {
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let line = format!("{number:>3}  {} {}", fit(what, 38), fit(by, 18));
        match value {
            Some(value) => self.value(&line, value),
            None => self.out.push_str(&format!("{line} not known\n")),
        }
    }

    fn schedule(&mut self) {
        let title = format!("     {} {}", fit("the schedule (RFC 8446 §7.1)", 38), fit("made by", 18));
        self.out.push_str(&format!("{title} value\n"));
        for name in FIGURE {
            self.secret(name);
        }
        let later: Vec<Name> = self.ledger.secrets().iter().map(|(name, _)| *name).collect();
        later.into_iter().filter(|name| is_update(*name)).for_each(|name| self.secret(name));
    }

    fn secret(&mut self, name: Name) {
        let value = self.ledger.find(name).cloned();
        let optional = matches!(name, Name::ClientEarly | Name::EarlyExporter | Name::Resumption);
        if value.is_none() && optional {
            return;
        }
        let (number, arrow) = self.arrow(Made::Secret(name));
        let from_log = arrow.as_ref().is_some_and(|arrow| arrow.operation.is_none());
        let is_zeros = value.is_some() && value.as_ref() == self.ledger.find(Name::Zeros);
        let (tree, by) = match name.step() {
            Step::Given if name == Name::Psk && is_zeros => ("▼", "none, so zeros".to_owned()),
            Step::Given if name == Name::Shared => ("▼", "the key exchange".to_owned()),
            Step::Given => ("▼", "an earlier session".to_owned()),
            Step::Extract { .. } => ("■", "Extract".to_owned()),
            Step::Expand { label, context, .. } => ("├▶", format!("\"{label}\"{}", self.context(context))),
        };
        let by = if from_log { "the key log".to_owned() } else { by };
        self.row(number, &format!("{tree} {name}"), &by, value.as_ref().map(|value| value.bytes()));
        for made in [Made::FinishedKey(name), Made::VerifyData(name), Made::Key(name), Made::Iv(name)] {
            self.below(made);
        }
        self.nonces(name);
    }

    /// An arrow from a traffic secret.
    fn below(&mut self, made: Made) {
        let (number, Some(arrow)) = self.arrow(made) else { return };
        let what = match made {
            Made::FinishedKey(_) => "finished_key",
            Made::VerifyData(_) => "verify_data",
            Made::Key(_) => "key",
            Made::Iv(_) => "iv",
            Made::Secret(_) => return,
        };
        let by = match &arrow.operation {
            Some(Operation::Expand { label, .. }) => format!("\"{label}\""),
            Some(Operation::Hmac { data, .. }) => format!("HMAC{}", self.hash_number(data.bytes())),
            _ => String::new(),
        };
        self.row(number, &format!("│  ├▶ {what}"), &by, Some(arrow.value.bytes()));
    }

    /// The nonces that were used.
    fn nonces(&mut self, name: Name) {
        let Some(used) = self.ledger.keys().iter().find(|keys| keys.secret == name) else { return };
        let last = used.records.saturating_sub(1);
        let rows: &[u64] = match used.records {
            0 => &[],
            1 => &[0],
            _ => &[0, last],
        };
        for sequence in rows {
            let what = match (*sequence, used.records) {
                (0, 1) => "│  │  nonce of the only record".to_owned(),
                (0, _) => "│  │  nonce of record 0".to_owned(),
                (last, _) => format!("│  │  nonce of record {}, the last", count(last)),
            };
            self.row(None, &what, &format!("iv XOR {}", count(*sequence)), Some(&used.nonce(*sequence)));
        }
    }

    /// An arrow with its number.
    fn arrow(&self, made: Made) -> (Option<usize>, Option<Arrow>) {
        let at = self.arrows.iter().position(|arrow| arrow.made == made);
        (at.map(|at| at + 1), at.map(|at| self.arrows[at].clone()))
    }

    fn context(&self, context: Context) -> String {
        match context {
            Context::Nothing => String::new(),
            Context::NoMessages => " #0".to_owned(),
            Context::Through(mark) => self.mark(mark),
        }
    }

    fn mark(&self, mark: Mark) -> String {
        self.ledger.position(mark).map(|at| format!(" #{}", at + 1)).unwrap_or_default()
    }

    fn hash_number(&self, hash: &[u8]) -> String {
        let at = self.ledger.messages().iter().position(|entry| entry.hash.bytes() == hash);
        at.map(|at| format!(" #{}", at + 1)).unwrap_or_default()
    }
}

fn is_update(name: Name) -> bool {
    matches!(name, Name::ClientApplication(1..) | Name::ServerApplication(1..))
}

/// The bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// First and last nonce, for programs.
pub(super) fn nonces_in_use(keys: &KeysInUse) -> Option<[String; 2]> {
    let last = keys.records.checked_sub(1)?;
    Some([hex(&keys.nonce(0)), hex(&keys.nonce(last))])
}
