//! What the tests of codings share: the recorded files, and one way to undo them.

use std::path::Path;

use barewire_dissect::Refused;
use barewire_http1::coding::{Config, Decoder, Reason};

/// A file in `tests/codings`.
pub(crate) fn recorded(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codings").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What came of undoing some bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Undone {
    pub(crate) content: Vec<u8>,
    pub(crate) result: Result<(), Refused<Reason>>,
    pub(crate) raw: bool,
}

/// Undoes the codings of `bytes`, which come in pieces of `piece` bytes, and are read into `room` bytes.
pub(crate) fn undo(codings: &str, bytes: &[u8], config: Config, piece: usize, room: usize) -> Undone {
    undo_pieces(codings, &bytes.chunks(piece).collect::<Vec<_>>(), config, room)
}

/// The same with these pieces.
pub(crate) fn undo_pieces(codings: &str, pieces: &[&[u8]], config: Config, room: usize) -> Undone {
    let names: Vec<String> = codings.split(", ").map(str::to_owned).collect();
    let mut decoder = Decoder::new(&names, config).unwrap_or_else(|refused| panic!("{codings}: {refused}"));
    let (mut content, mut buffer) = (Vec::new(), vec![0; room]);
    let result = pieces.iter().try_for_each(|piece| {
        let mut rest = *piece;
        while !rest.is_empty() {
            let before = content.len();
            let taken = decoder.write(rest)?;
            rest = &rest[taken..];
            while let length @ 1.. = decoder.read(&mut buffer) {
                content.extend(&buffer[..length]);
            }
            assert!(taken > 0 || content.len() > before, "{codings}: nothing moves");
        }
        Ok(())
    });
    let result = result.and_then(|()| decoder.finish());
    if let Err(refused) = &result {
        assert_eq!(decoder.write(b"x"), Err(refused.clone()), "an error stays");
        assert_eq!(
            (decoder.read(&mut buffer), decoder.finish()),
            (0, Err(refused.clone())),
            "an error stays"
        );
    }
    assert_eq!(decoder.content(), content.len() as u64);
    Undone { content, result, raw: decoder.is_raw_deflate() }
}

/// The same with usual settings and large pieces.
pub(crate) fn undo_whole(codings: &str, bytes: &[u8]) -> Undone {
    undo(codings, bytes, Config::default(), usize::MAX, 16 << 10)
}
