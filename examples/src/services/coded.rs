//! Pages coded with gzip for clients that take it (RFC 9110 §12.5.3).
//!
//! Each piece is flushed, so that a client can undo it when it comes, and need not wait for the next one. Left out:
//! weights (`gzip;q=0` refuses it), other codings. Tested in `tests/compressed.rs`.

use std::io::Write as _;

use barewire_http1::Headers;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::pages::Page;

/// The same page, coded if the fields of the request say that the client can undo it.
pub(super) fn coded(page: Page, request: &Headers) -> Page {
    let takes_gzip = request.list("Accept-Encoding").iter().any(|coding| {
        let name = coding.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("gzip")
    });
    if !takes_gzip || page.status != 200 {
        return page;
    }
    let mut fields = page.fields;
    fields.extend([
        ("Content-Encoding", "gzip".to_owned()),
        // A cache between the two needs to know that others may get another answer (RFC 9110 §12.5.5).
        ("Vary", "Accept-Encoding".to_owned()),
    ]);
    Page { pieces: in_gzip(&page.pieces), fields, ..page }
}

fn in_gzip(pieces: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let mut coded: Vec<Vec<u8>> = Vec::new();
    for piece in pieces {
        // Writing to memory cannot fail.
        let _ = packer.write_all(piece).and_then(|()| packer.flush());
        coded.push(std::mem::take(packer.get_mut()));
    }
    // The end belongs to the last piece.
    if let (Some(last), Ok(end)) = (coded.last_mut(), packer.finish()) {
        last.extend(end);
    }
    coded
}
