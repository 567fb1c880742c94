//! `-w FORMAT`: what a fetch came to, for scripts, in curl's notation.
//!
//! | in the format | what is written |
//! |---|---|
//! | `%{name}` | the variable, from the table in `measured.rs`; one that is not known is said on standard error |
//! | `%{url}`, `%{urlnum}` | what was asked for, and which of several URLs it is |
//! | `%{url.host}`, `%{urle.host}` | a part of that, or of the last URL: scheme, host, port, path, query, fragment |
//! | `%{json}`, `%{header_json}` | all variables, or the fields of the answer, as one JSON object |
//! | `%header{name}` | a field of the answer |
//! | `%{onerror}` | what follows is for a fetch that failed |
//! | `%{stderr}`, `%{stdout}` | what follows goes there |
//! | `%%`, `\n`, `\r`, `\t` | the character |
//!
//! Anything else stands for itself. Tested below with what curl 7.88.1 prints, and beside curl in `tests/live`.

use serde_json::{Map, Value, json};

use super::measured::{Figure, Measured, VARIABLES};
use crate::commands::output::print;
use crate::failure::Failure;
use crate::url::Url;

/// What is written, in pieces, and where to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Written {
    /// Prints it.
    pub(super) fn print(&self) -> Result<(), Failure> {
        anstream::eprint!("{}", self.stderr);
        print(&self.stdout)
    }
}

/// Fills in the format.
pub(super) fn write_out(format: &str, measured: &Measured<'_>) -> Written {
    fill(format, &Values { measured })
}

/// The parts of a URL that can be asked for.
const PARTS: [&str; 6] = ["scheme", "host", "port", "path", "query", "fragment"];

/// What a format can ask for.
struct Values<'a> {
    measured: &'a Measured<'a>,
}

impl Values<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "json" => Some(self.all_as_json()),
            "header_json" => Some(self.headers_as_json()),
            "url" => Some(self.measured.visit.url.with_fragment()),
            "urlnum" => Some(self.measured.number.to_string()),
            name if let Some((of, part)) = name.split_once('.') => self.part(of, part),
            name => {
                let (_, figure) = VARIABLES.iter().find(|(known, _)| *known == name)?;
                Some(text(&figure(self.measured)))
            }
        }
    }

    /// A part of the URL that was asked for (`url.host`), or of the last one (`urle.host`).
    fn part(&self, of: &str, part: &str) -> Option<String> {
        let whole = match of {
            "url" => "url",
            "urle" => "url_effective",
            _ => return None,
        };
        let url = self.variable(whole).filter(|text| !text.is_empty()).map(|text| Url::parse(&text));
        let Some(Ok(url)) = url else { return PARTS.contains(&part).then(String::new) };
        let (path, query) = url.target.split_once('?').unwrap_or((&url.target, ""));
        Some(match part {
            "scheme" => url.scheme().to_owned(),
            "host" => url.host,
            "port" => url.port.to_string(),
            "path" => path.to_owned(),
            "query" => query.to_owned(),
            "fragment" => url.fragment.unwrap_or_default(),
            _ => return None,
        })
    }

    fn all_as_json(&self) -> String {
        let pairs =
            VARIABLES.iter().map(|(name, figure)| ((*name).to_owned(), value(&figure(self.measured))));
        let mut all: Map<String, Value> = pairs.collect();
        all.insert("url".to_owned(), json!(self.variable("url")));
        all.insert(
            "urlnum".to_owned(),
            json!(self.variable("urlnum").and_then(|text| text.parse::<u64>().ok())),
        );
        Value::Object(all).to_string()
    }

    /// Names in lower case, each with the list of its values.
    fn headers_as_json(&self) -> String {
        let mut object = Map::new();
        for field in self.measured.fields().into_iter().flatten() {
            let values = object.entry(field.name.to_lowercase()).or_insert_with(|| json!([]));
            if let Value::Array(values) = values {
                values.push(json!(field.text()));
            }
        }
        Value::Object(object).to_string()
    }
}

fn text(figure: &Figure) -> String {
    match figure {
        Figure::Text(text) => text.clone().unwrap_or_default(),
        Figure::Count(count) => count.to_string(),
        Figure::Code(code) => format!("{code:03}"),
        Figure::Time(time) => format!("{}.{:06}", time.as_secs(), time.subsec_micros()),
    }
}

fn value(figure: &Figure) -> Value {
    match figure {
        Figure::Text(text) => json!(text),
        Figure::Count(count) => json!(count),
        Figure::Code(code) => json!(code),
        Figure::Time(time) => json!(time.as_micros() as f64 / 1e6),
    }
}

/// Walks over the format from left to right.
fn fill(format: &str, values: &Values<'_>) -> Written {
    let mut written = Written::default();
    let mut aside = false;
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let (length, said) = next(rest, first, values);
        match said {
            Said::Text(text) => if aside { &mut written.stderr } else { &mut written.stdout }.push_str(&text),
            Said::To { stderr } => aside = stderr,
            Said::OnError if values.measured.visit.failure.is_none() => break,
            Said::OnError => {}
            Said::Unknown(name) => {
                written.stderr.push_str(&format!("barewire: unknown --write-out variable: '{name}'\n"));
            }
        }
        rest = &rest[length..];
    }
    written
}

/// What a piece of the format says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Text(String),
    To { stderr: bool },
    OnError,
    Unknown(String),
}

/// The piece at the start of `rest`, and its length.
fn next(rest: &str, first: char, values: &Values<'_>) -> (usize, Said) {
    if let Some(after) = rest.strip_prefix("%{")
        && let Some((name, _)) = after.split_once('}')
    {
        let said = match name {
            "stderr" => Said::To { stderr: true },
            "stdout" => Said::To { stderr: false },
            "onerror" => Said::OnError,
            name => values.variable(name).map_or_else(|| Said::Unknown(name.to_owned()), Said::Text),
        };
        return (name.len() + 3, said);
    }
    if let Some(after) = rest.strip_prefix("%header{")
        && let Some((name, _)) = after.split_once('}')
    {
        return (name.len() + 9, Said::Text(values.measured.header(name).unwrap_or_default()));
    }
    let escapes = [("%%", "%"), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")];
    match escapes.iter().find(|(escape, _)| rest.starts_with(escape)) {
        Some((escape, character)) => (escape.len(), Said::Text((*character).to_owned())),
        None => (first.len_utf8(), Said::Text(first.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::commands::output::Destination;
    use crate::fetch::Visit;
    use crate::story::Story;

    /// The fetch of nothing: what curl prints of it are its zeros.
    fn written(format: &str) -> Written {
        let url = Url::parse("http://127.0.0.1:1/").unwrap();
        let visit = Visit::to(url);
        write_out(format, &Measured::of(0, &visit, &Destination::Nowhere, &Story::default()))
    }

    /// `curl -w 'a%{nope}b%%c\n\t\q%{http_code'`, and others of its kind.
    #[test]
    fn the_notation_is_that_of_curl() {
        for (format, stdout, stderr) in [
            (
                "a%{nope}b%%c\\n\\t\\q%{http_code",
                "ab%c\n\t\\q%{http_code",
                "unknown --write-out variable: 'nope'",
            ),
            ("%{http_code} %{time_total} %{size_download}", "000 0.000000 0", ""),
            ("%{http_version}|%{scheme}|%{remote_port}|%{remote_ip}|", "0||0||", ""),
            ("1%{stderr}2%{stdout}3%", "13%", "2"),
            ("a%{onerror}b", "a", ""),
            ("é%header{x-a}|%x", "é|%x", ""),
        ] {
            let got = written(format);
            assert_eq!(got.stdout, stdout, "{format}");
            assert!(
                got.stderr.contains(stderr) && got.stderr.is_empty() == stderr.is_empty(),
                "{format}: {got:?}"
            );
        }
    }

    #[test]
    fn parts_of_a_url() {
        let format =
            "%{url.scheme} %{url.host} %{url.port} %{url.path} [%{url.query}] [%{urle.host}] %{urlx.host}";
        let got = written(format);
        assert_eq!(got.stdout, "http 127.0.0.1 1 / [] [] ");
        assert_eq!(got.stderr, "barewire: unknown --write-out variable: 'urlx.host'\n");
        assert!(written("%{url.nope}").stderr.contains("'url.nope'"));
    }

    #[test]
    fn seconds_have_six_digits() {
        let figure = Figure::Time(std::time::Duration::from_nanos(1_060_294_900));
        assert_eq!((text(&figure), value(&figure)), ("1.060294".to_owned(), json!(1.060294)));
    }

    #[test]
    fn the_json_holds_every_variable() {
        let json: Value = serde_json::from_str(&written("%{json}").stdout).expect("JSON");
        let names: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        let known = VARIABLES.iter().map(|(name, _)| *name).chain(["url", "urlnum"]);
        assert_eq!(names, known.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
        assert_eq!((&json["http_code"], &json["content_type"]), (&json!(0), &Value::Null));
    }

    #[test]
    fn the_help_lists_every_variable() {
        let mut cli = <crate::cli::Cli as clap::CommandFactory>::command();
        let fetch = cli.find_subcommand_mut("fetch").expect("a command");
        let help = fetch.render_long_help().to_string();
        let listed =
            help.split("Variables of -w:").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
        let words: Vec<&str> = listed.split([' ', '\n', '{', '}', '(', ')']).collect();
        for (name, _) in VARIABLES {
            assert!(words.contains(&name), "{name} is not in the help:\n{listed}");
        }
    }
}
