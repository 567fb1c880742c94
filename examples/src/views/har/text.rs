//! The content of a message as HAR holds it: without its codings, as text if it is UTF-8, or else in base64. Tested in
//! `tests/har.rs`.

use barewire_http1::Headers;
use barewire_http1::coding::{Config, undo};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::story::Content;
use crate::views::words::{count, several};

/// How many bytes are written of a content whose codings are undone.
const MOST: u64 = 8 << 20;

/// What is written of a content.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The length in bytes, without the codings if they could be undone.
    pub(super) size: u64,
    /// How many bytes the codings saved, if they saved any and could be undone.
    pub(super) saved: Option<u64>,
    /// The content, if there is any and all of it was kept.
    pub(super) text: Option<String>,
    pub(super) is_base64: bool,
    /// Why it is not there, or still coded.
    pub(super) comment: Option<String>,
}

impl Text {
    /// Of the content of a message with these fields.
    pub(super) fn of(content: &Content, headers: &Headers) -> Text {
        let (kept, size) = (content.kept.len() as u64, content.length);
        if kept < size {
            let comment = Some(format!("{} of {} are not kept", count(size - kept), several(size, "byte")));
            return Text { size, comment, ..Text::default() };
        }
        let codings = codings(headers);
        if kept == 0 || codings.is_empty() {
            return Text { size, ..Text::plain(&content.kept) };
        }
        match undo(&codings, &content.kept, Config { content: MOST, ..Config::default() }) {
            Ok(bytes) => Text { saved: (bytes.len() as u64).checked_sub(kept), ..Text::plain(&bytes) },
            Err(why) => Text {
                size,
                text: Some(STANDARD.encode(&content.kept)),
                is_base64: true,
                comment: Some(format!("still coded: {why}")),
                ..Text::default()
            },
        }
    }

    fn plain(bytes: &[u8]) -> Text {
        let size = bytes.len() as u64;
        let text = std::str::from_utf8(bytes).map_or_else(|_| STANDARD.encode(bytes), str::to_owned);
        let (is_base64, text) = (std::str::from_utf8(bytes).is_err(), Some(text).filter(|_| size > 0));
        Text { size, text, is_base64, ..Text::default() }
    }
}

/// Those of the content, and then those of the transfer that the story has not undone, in the order in which they were
/// applied.
fn codings(headers: &Headers) -> Vec<String> {
    let mut transfer = headers.list("Transfer-Encoding");
    transfer.pop_if(|last| last.eq_ignore_ascii_case("chunked"));
    let mut all = headers.list("Content-Encoding");
    all.append(&mut transfer);
    all.retain(|coding| !coding.eq_ignore_ascii_case("identity"));
    all
}
