//! A recorded capture with changes: five bytes say what happens to one of its frames.

use std::time::Duration;

use barewire_packet::capture::{Capture, Origin};

const RECORDED: [&[u8]; 14] = [
    include_bytes!("../../../../tls13/tests/captures/aes128.pcapng"),
    include_bytes!("../../../../tls13/tests/captures/early_data.pcapng"),
    include_bytes!("../../../../tls13/tests/captures/hello_retry.pcapng"),
    include_bytes!("../../../../tls13/tests/captures/key_update.pcapng"),
    include_bytes!("../../../../tls13/tests/captures/mid_connection_tls12.pcapng"),
    include_bytes!("../../../../tls13/tests/captures/tls12.pcapng"),
    include_bytes!("../../../../http1/tests/captures/chunked.pcapng"),
    include_bytes!("../../../../http1/tests/captures/continue.pcapng"),
    include_bytes!("../../../../http1/tests/captures/keep_alive.pcapng"),
    include_bytes!("../../../../dns/tests/captures/dnssec.pcapng"),
    include_bytes!("../../../../dns/tests/captures/tcp_pipeline.pcapng"),
    include_bytes!("../../../../tcp/tests/captures/reset_by_client.pcapng"),
    include_bytes!("../../../../tcp/tests/captures/server_closes_first.pcapng"),
    include_bytes!("../../../../tcp/tests/captures/syn_lost.pcapng"),
];

/// The first byte chooses two captures, which are put one behind the other; the others change their frames.
pub(crate) fn changed(script: &[u8]) -> Capture {
    let [which, script @ ..] = script else { return Capture::default() };
    let chosen = |index: usize| Capture::read(RECORDED[index % RECORDED.len()]).unwrap_or_default();
    let mut capture = chosen(usize::from(which & 15));
    let more = chosen(usize::from(which >> 4));
    let before = capture.interfaces.len() as u32;
    capture.interfaces.extend(more.interfaces);
    capture.secrets.extend(more.secrets);
    capture.frames.extend(more.frames);
    let length = capture.frames.len();
    capture
        .frames
        .iter_mut()
        .skip(length / 2)
        .for_each(|frame| frame.interface = frame.interface.min(before));
    for step in script.chunks_exact(5) {
        change(&mut capture, step);
    }
    capture.frames.truncate(2000);
    capture
}

fn change(capture: &mut Capture, step: &[u8]) {
    let &[what, frame, high, low, value] = step else { return };
    if capture.frames.is_empty() {
        return;
    }
    let index = usize::from(frame) % capture.frames.len();
    let next = (index + 1) % capture.frames.len();
    let offset = usize::from(u16::from_be_bytes([high, low]));
    let frame = &mut capture.frames[index];
    match what % 10 {
        0..=2 => {
            let length = frame.bytes.len().max(1);
            frame.bytes.iter_mut().skip(offset % length).take(1).for_each(|byte| *byte = value);
        }
        3 => drop(capture.frames.remove(index)),
        4 => {
            let again = frame.clone();
            capture.frames.insert(usize::from(value) % (capture.frames.len() + 1), again);
        }
        5 => capture.frames.swap(index, next),
        6 => frame.bytes.truncate(offset % 200),
        7 => frame.time += Duration::from_micros(offset as u64 * u64::from(value)),
        8 => frame.time = frame.time.saturating_sub(Duration::from_millis(value.into())),
        _ => {
            let origin = if value % 2 == 0 { Origin::Lost } else { Origin::MadeUp };
            let interface = frame.interface as usize;
            if let Some(like) = capture.interfaces.get(interface).cloned() {
                frame.interface = capture.interfaces.len() as u32;
                capture.interfaces.push(barewire_packet::capture::Interface { origin, ..like });
            }
        }
    }
}
