//! The views: each draws one side of a story. A view is a function of a story and a style, and knows nothing else: no
//! command line, no network, no outcome of a run.
//!
//! ```text
//!   conversations   who talked to whom, under tshark's numbers
//!   ladder          one row per packet, in time; below it the congestion window
//!   budget          where the time of a page went
//!   decisions       what a resolver decided on its way from the root, as a tree
//!   reuse           what it saved to keep a connection
//!   heads, bytes    what was said, to the letter and to the byte
//!   borders         where chunks, TLS records and TCP segments begin and end in a body
//!   follow          the content of a stream
//!   keys            the key schedule of TLS, filled in
//!   points          where a scene was captured
//!   scene_ladder    the way of each packet, from host to host
//!   waits           who waited for whom, as a tree
//!   har             requests and answers, for the network panel of a browser
//!   json, report    all of it, for programs
//!   page            all of it, in one file for a browser
//! ```
//!
//! Tested in `tests/story.rs`, `tests/read.rs` and `tests/scene`.

mod borders;
mod budget;
mod bytes;
mod conversations;
#[cfg(not(target_family = "wasm"))]
mod decisions;
#[cfg(not(target_family = "wasm"))]
mod doctor;
mod ends;
mod facts;
mod follow;
mod har;
mod heads;
pub mod json;
mod keys;
mod ladder;
pub mod page;
pub mod report;
mod reuse;
mod scene;
mod style;
mod url;
mod words;

pub use borders::borders;
pub use budget::budget;
pub use bytes::{section, sections};
pub use conversations::{conversations, page_name, tally};
#[cfg(not(target_family = "wasm"))]
pub use decisions::decisions;
#[cfg(not(target_family = "wasm"))]
pub use doctor::doctor;
pub use ends::ends;
pub use facts::facts;
pub use follow::{NoContent, follow};
pub use har::har;
pub use heads::heads;
pub use keys::{KeysForm, keys, keys_for_openssl};
#[cfg(not(target_family = "wasm"))]
pub use ladder::LiveLadder;
pub use ladder::{Rows, ladder};
pub use reuse::reuse;
pub use scene::{points, scene_ladder, waits};
pub use style::{Style, USUAL_WIDTH};
pub use words::{count, milliseconds, several};
pub(crate) use words::{fit, paragraph};
