//! http03: field lines, good and bad, and each byte in a name and in a value.

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_http1::head::{self, Fields};
use barewire_http1::{Config, Role, Tolerances};

use super::{served, text};
use crate::steps::{Failed, Steps};

const NAMES: &str = "RFC 9112 §5.1";
const VALUES: &str = "RFC 9110 §5.5";

/// The request line before the fields that are tried.
const GET: &str = "GET / HTTP/1.1\r\n";

fn shown(fields: &Fields<'_>) -> String {
    let lines = fields.iter().map(|field| format!("{} = {}", field.name.escape_ascii(), text(field.value)));
    lines.collect::<Vec<_>>().join(", ")
}

/// What the fields of a request are read as. Offsets count from the first field.
fn fields_read(steps: &mut Steps, section: &[u8], config: &Config) -> String {
    let bytes = [GET.as_bytes(), section, b"\r\n"].concat();
    steps.connect(80);
    steps.send(ToServer, &bytes);
    match head::read_request(&bytes, config) {
        Ok((head, _)) => shown(&head.fields()),
        Err(error) => format!("refused at byte {}", error.offset.saturating_sub(GET.len())),
    }
}

/// The bytes that are taken and should not be, or the other way round, when they stand in the place of `?`.
fn wrongly_read(
    steps: &mut Steps,
    line: &str,
    allowed: &dyn Fn(u8) -> bool,
    wanted: &dyn Fn(&[u8]) -> String,
) -> String {
    let (before, after) = line.split_once('?').expect("a place");
    let mut wrong = Vec::new();
    // A colon is a good byte, and makes another field of it.
    for byte in (0..=255).filter(|byte| *byte != b':') {
        let section = [before.as_bytes(), &[byte], after.as_bytes()].concat();
        let got = fields_read(steps, &section, &Config::default());
        let fits = if allowed(byte) { got == wanted(&[byte]) } else { got.starts_with("refused") };
        match fits {
            true => steps.forget(),
            false => wrong.push(format!("{byte:#04x}")),
        }
    }
    if wrong.is_empty() { "none".to_owned() } else { wrong.join(" ") }
}

/// http03: field lines.
pub(crate) fn fields(steps: &mut Steps) -> Result<(), Failed> {
    let config = Config::default();
    let good: [(&[u8], &str); 4] = [
        (
            b"Host: 10.91.2.2\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n",
            "Host = \"10.91.2.2\", User-Agent = \"curl/7.88.1\", Accept = \"*/*\"",
        ),
        (b"A: \t b c \t\r\nB:d\r\nC:\r\nD: \r\n", "A = \"b c\", B = \"d\", C = \"\", D = \"\""),
        (b"Host: [::1]:8080\r\n", "Host = \"[::1]:8080\""),
        (b"A: b\tc\r\nD: \xe9\r\n", "A = \"b\\tc\", D = \"\\xe9\""),
    ];
    for (section, wanted) in good {
        steps.step(format!("read {}", text(section)));
        let got = fields_read(steps, section, &config);
        steps.equal("the fields", wanted.to_owned(), got, "RFC 9112 §5")?;
    }
    let bad: [(&[u8], usize, &'static str); 13] = [
        (b"Transfer-Encoding : chunked\r\n", 17, NAMES),
        (b"Transfer-Encoding\t: chunked\r\n", 17, NAMES),
        (b"Transfer-Encoding\x0b: chunked\r\n", 17, "RFC 9110 §5.1"),
        (b"Transfer Encoding: chunked\r\n", 8, NAMES),
        (b"Transfer-Encoding\r\n", 17, "RFC 9112 §5"),
        (b": chunked\r\n", 0, "RFC 9110 §5.1"),
        (b"X: a\rTransfer-Encoding: chunked\r\n", 4, VALUES),
        (b"X: a\nTransfer-Encoding: chunked\r\n", 4, "RFC 9112 §2.2"),
        (b"X: a\r\r\nContent-Length: 5\r\n", 4, "RFC 9112 §2.2"),
        (b"Content-Length: 5\x000\r\n", 17, VALUES),
        (b"Transfer-Encoding: \x0bchunked\r\n", 19, VALUES),
        (b"Transfer-Encoding: \x0cchunked\r\n", 19, VALUES),
        (b"X: a\r\n Transfer-Encoding: chunked\r\n", 6, "RFC 9112 §5.2"),
    ];
    for (section, at, rule) in bad {
        steps.step(format!("read {}, which somebody else could read in another way", text(section)));
        let got = fields_read(steps, section, &config);
        steps.equal("the fields", format!("refused at byte {at}"), got, rule)?;
    }
    steps.step("put each byte but the colon into a name: those of a token are good, and no others");
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let named = |byte: &[u8]| format!("X{}Y = \"v\"", byte.escape_ascii());
    let wrong = wrongly_read(steps, "X?Y: v\r\n", &in_token, &named);
    steps.equal("bytes that are treated wrongly", "none".to_owned(), wrong, "RFC 9110 §5.6.2")?;
    steps.step("put each byte but the colon into a value: control characters are bad, except for the tab");
    let in_value = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    let valued = |byte: &[u8]| format!("X = {}", text(&[b"12345678a", byte, b"b"].concat()));
    let wrong = wrongly_read(steps, "X: 12345678a?b\r\n", &in_value, &valued);
    steps.equal("bytes that are treated wrongly", "none".to_owned(), wrong, VALUES)?;

    steps.step("a caller sets `bare_lf` in Tolerances, and LF alone ends a line");
    let tolerate = Tolerances { bare_lf: true, ..Tolerances::default() };
    let got = fields_read(steps, b"A: b\nC: d\n", &Config { tolerate, ..Config::default() });
    steps.equal("the fields", "A = \"b\", C = \"d\"".to_owned(), got, "RFC 9112 §2.2")?;
    steps.step("a response has a value on two lines: a client has to join them");
    let folded = b"HTTP/1.1 200 OK\r\nA: b \r\n\t c\r\nD: e\r\n\r\n";
    steps.connect(80);
    steps.send_around(ToServer, format!("{GET}Host: a\r\n\r\n").as_bytes());
    steps.send(ToClient, folded);
    let got = match head::read_response(folded, &config) {
        Ok((head, _)) => format!("{:?}", head.to_response().headers),
        Err(error) => format!("refused at byte {}", error.offset),
    };
    steps.equal("the fields", "[A: \"b c\", D: \"e\"]".to_owned(), got, "RFC 9112 §5.2")?;

    steps.step("a server gets such a request, cut in two at every place");
    let attack = format!("{GET}Host: a\r\nContent-Length : 5\r\n\r\n");
    for cut in 0..=attack.len() {
        let (requests, refused) = served(steps, attack.as_bytes(), cut);
        if (requests.len(), refused) != (0, Some(39)) {
            let got = format!("{} requests, refused at {refused:?}, when cut at byte {cut}", requests.len());
            steps.equal("what it reads", "refused at byte 39".to_owned(), got, NAMES)?;
        }
        steps.forget();
    }
    steps.step("it is refused at byte 39, wherever it was cut");
    steps.step("take a good head apart with `dissect`");
    let head = format!("{GET}Host: a\r\nAccept:  */* \r\nEmpty:\r\n\r\n");
    steps.connect(80);
    steps.send(ToServer, head.as_bytes());
    let covered = barewire_http1::dissect(Role::Request, head.as_bytes()).1.check_coverage().is_ok();
    steps.equal(
        "each byte has a name in the tree",
        true,
        covered,
        "the parts that `line` has are given names",
    )
}
