//! `-w`: what was sent and what came back, as a capture.

use std::path::Path;
use std::time::{Instant, UNIX_EPOCH};

use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::link::Way;

use super::exchange::Exchange;
use super::place::Place;
use crate::craft::Built;
use crate::failure::{Failure, Step};

/// Writes the file.
///
/// # Errors
/// [`Failure`]: it cannot be written.
pub(super) fn save(path: &Path, place: &Place, built: &Built, all: &[Exchange]) -> Result<(), Failure> {
    let link_type = if place.is_frame { linktype::ETHERNET } else { linktype::RAW };
    let mut capture = Capture {
        interfaces: vec![Interface { link_type, name: "send".to_owned(), origin: Origin::Seen }],
        ..Capture::default()
    };
    let mut add = |at: Instant, way: Way, bytes: &[u8], comment: Option<String>| {
        let time = place.time_of_day(at).duration_since(UNIX_EPOCH).unwrap_or_default();
        capture.frames.push(Frame {
            number: capture.frames.len() as u64 + 1,
            interface: 0,
            time,
            bytes: bytes.to_vec(),
            original_len: bytes.len() as u32,
            way: Some(way),
            comment,
        });
    };
    for one in all {
        let wrong = built.sets().any(|set| set.right.is_some());
        add(one.sent_at, Way::Sent, &built.bytes, wrong.then(|| "wrong on purpose".to_owned()));
        if let Some((at, bytes, answer)) = &one.answer {
            add(*at, Way::Received, bytes, Some(answer.to_string()));
        }
    }
    std::fs::write(path, capture.write())
        .map_err(|error| Failure::new(Step::Output, format!("{} cannot be written: {error}", path.display())))
}
