//! What one end of a TCP connection decides by, where a capture tells: a comment beside a packet says what is so after
//! it.
//!
//! None of it is on the wire. `fetch --cwnd` writes such comments, and a program of somebody else can write them, too:
//!
//! ```text
//! cwnd 14480, ssthresh 7240, flight 4344, srtt 50.0 ms
//! ```
//!
//! Bytes, and a time in milliseconds. The threshold is left out before the first loss, and the round trip before the
//! first ACK. Tested in `tests/cwnd.rs`.

use std::fmt;
use std::time::Duration;

use barewire_tcp::Variables;

/// What one end decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Windows {
    /// The congestion window, in bytes: as much may be in flight.
    pub cwnd: u32,
    /// The slow start threshold, in bytes.
    pub ssthresh: Option<u32>,
    /// How many bytes are in flight: sent, and not yet acknowledged.
    pub flight: u32,
    /// The smoothed round-trip time, in tenths of a millisecond.
    pub srtt: Option<u32>,
}

impl Windows {
    /// Those of a connection of ours.
    pub fn of(variables: &Variables) -> Windows {
        let tenths = |time: Duration| u32::try_from(time.as_micros() / 100).unwrap_or(u32::MAX);
        Windows {
            cwnd: variables.cwnd,
            ssthresh: Some(variables.ssthresh).filter(|ssthresh| *ssthresh != u32::MAX),
            flight: variables.snd.in_flight(),
            srtt: variables.srtt.map(tenths),
        }
    }

    /// Those that a comment tells. `None`: it is about something else.
    pub fn read(comment: &str) -> Option<Windows> {
        let mut windows = Windows::default();
        let (mut cwnd, mut flight) = (None, None);
        for part in comment.split(", ") {
            match part.split_once(' ')? {
                ("cwnd", bytes) => cwnd = Some(bytes.parse().ok()?),
                ("ssthresh", bytes) => windows.ssthresh = Some(bytes.parse().ok()?),
                ("flight", bytes) => flight = Some(bytes.parse().ok()?),
                ("srtt", time) => windows.srtt = Some(tenths(time.strip_suffix(" ms")?)?),
                _ => return None,
            }
        }
        Some(Windows { cwnd: cwnd?, flight: flight?, ..windows })
    }
}

/// `50.0` as 500.
fn tenths(text: &str) -> Option<u32> {
    let (whole, tenth) = text.split_once('.')?;
    let tenth: u32 = tenth.parse().ok().filter(|tenth| *tenth < 10)?;
    whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(tenth)
}

impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cwnd {}", self.cwnd)?;
        if let Some(ssthresh) = self.ssthresh {
            write!(f, ", ssthresh {ssthresh}")?;
        }
        write!(f, ", flight {}", self.flight)?;
        match self.srtt {
            Some(srtt) => write!(f, ", srtt {}.{} ms", srtt / 10, srtt % 10),
            None => Ok(()),
        }
    }
}
