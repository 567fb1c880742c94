//! TCP: the reader is slow, so its window closes, and the sender has to ask whether it is open again.
//!
//! The server keeps 3000 bytes for its reader. Each ACK says how much room is left: the window (RFC 9293 §3.8.6). The
//! client writes 6000 bytes, and the reader sleeps. At window 0 the client must stop. Later an ACK tells it to go on,
//! but an ACK without text is not sent again when it is lost. So the client asks: it sends one byte, the probe, and the
//! server refuses it with an ACK. It asks more and more rarely (§3.8.6.1). At 1500 ms the reader takes everything, and
//! the byte of the probe goes out again, in a whole segment.
//!
//! Try: `cargo run --example tcp_window -- lost`: the ACK that opens the window is lost. Which packet saves the
//! connection, and for how long did both ends wait? Then `-- sips`: the reader takes 200 bytes each 100 ms from the
//! beginning. Does the server tell the client about each sip (RFC 9293 §3.8.6.2.2)?
//!
//! ```text
//!     0 ms  client: seq 1, length 1000
//!     0 ms  client: seq 1001, length 1000
//!     0 ms  client: seq 2001, length 1000
//!    10 ms    server: all before 1001, window 2000
//!    10 ms    server: all before 2001, window 1000
//!    50 ms    server: all before 3001, window 0
//!   280 ms  client: seq 3001, length 1; zero-window probe
//!   290 ms    server: all before 3001, window 0; ACK, the window is closed
//!   720 ms  client: seq 3001, length 1; zero-window probe
//!   730 ms    server: all before 3001, window 0; ACK, the window is closed
//!  1500 ms    the reader takes 3000 bytes
//!  1500 ms    server: all before 3001, window 3000; window update
//!  1510 ms  client: seq 3001, length 1000; retransmission, the window has opened
//!  1510 ms  client: seq 4001, length 1000
//!  1510 ms  client: seq 5001, length 1000
//!  1520 ms    server: all before 5001, window 1000
//!  1560 ms    server: all before 6001, window 0
//!  1600 ms    the reader takes 3000 bytes
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Hosts, SERVER};
use barewire_internet::Wire;
use barewire_tcp::Config;

/// The reader takes so many bytes at so many milliseconds, and again after as many as the third number says.
type Sips = (usize, u64, u64);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (lost, (sip, mut due, every)): (bool, Sips) = match words.join(" ").as_str() {
        "" => (false, (6000, 1500, 100)),
        "lost" => (true, (6000, 1500, 100)),
        "sips" => (false, (200, 100, 100)),
        other => return Err(format!("{other} is not known here; try lost or sips").into()),
    };
    // Segments of 1000 bytes, after headers of 20 + 20 bytes.
    let config = Config { mtu: 1040, timestamps: false, receive_buffer: 3000, ..Config::default() };
    let mut hosts = Hosts::two(Wire::ms(10), [config; 2], 1)?;
    let ([writer, reader], begin) = (hosts.open()?, hosts.elapsed());
    hosts[CLIENT].write(writer, &[b'-'; 6000])?;
    let (mut read, mut lost_before) = (0, false);
    while read < 6000 {
        while let Some(sent) = hosts.transmit() {
            let note = if sent.note.is_empty() { String::new() } else { format!("; {}", sent.note) };
            let now = (hosts.elapsed() - begin).as_millis();
            if sent.host == CLIENT {
                println!("{now:5} ms  client: seq {}, length {}{note}", sent.seq, sent.length);
            } else {
                println!("{now:5} ms    server: all before {}, window {}{note}", sent.ack, sent.window);
            }
            if lost && !lost_before && sent.note == "window update" {
                lost_before = true;
                println!("            which is lost");
                continue;
            }
            hosts.send(sent.host, &sent.packet)?;
        }
        if hosts.wait(begin + Duration::from_millis(due))?.is_none() {
            due += every;
            let count = hosts[SERVER].read(reader, &mut vec![0; sip])?;
            read += count;
            if count > 0 {
                let now = (hosts.elapsed() - begin).as_millis();
                println!("{now:5} ms    the reader takes {count} bytes");
            }
        }
    }
    Ok(())
}
