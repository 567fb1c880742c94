//! Any capture, from its bytes to every view: read, accounted for, drawn within the width, in bounded memory.
//!
//! The first byte says what the others are: a file, a script of frames, or changes to a capture that was recorded.
#![no_main]

mod check;
mod counting;
mod recorded;
mod script;

use barewire_packet::capture::Capture;
use libfuzzer_sys::fuzz_target;

#[global_allocator]
static COUNTING: counting::Counting = counting::Counting;

fuzz_target!(|bytes: &[u8]| {
    let [kind, settings, rest @ ..] = bytes else { return };
    let written = |capture: Capture| capture.write();
    let file = match kind % 4 {
        0 | 1 => rest.to_vec(),
        2 => written(script::capture(rest)),
        _ => written(recorded::changed(rest)),
    };
    check::file(&file, *settings);
});
