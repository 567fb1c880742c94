//! What our end of each TCP connection decided by, over time, as a table for a spreadsheet: the file of `fetch --csv`.
//!
//! A row says what is so from its time on, and stands there because something in it has changed. An empty cell is not
//! known yet: no threshold before the first loss, no round trip before the first ACK. Tested in `tests/csv.rs`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_tcp::Variables;
use barewire_tcp::congestion::controller::Repair;

/// How many bytes of rows are kept at the most: those of about half a million changes.
const MOST_BYTES: usize = 1 << 26;

const HEAD: &str = "ms,port,remote,cwnd,ssthresh,flight,pipe,srtt_ms,rto_ms,phase,repair\n";

/// The rows so far.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// The last row of each connection, without its time, by its ends.
    last: BTreeMap<[SocketAddr; 2], String>,
    rows: String,
    dropped: usize,
}

impl Windows {
    /// The variables of a connection, at this time since the first packet.
    pub(super) fn add(&mut self, time: Duration, variables: &Variables) {
        let row = row(variables);
        let ends = [variables.local, variables.remote];
        if self.last.get(&ends) == Some(&row) {
            return;
        }
        if self.rows.len() > MOST_BYTES {
            self.dropped += 1;
            return;
        }
        self.rows += &format!("{},{row}\n", ms(time));
        self.last.insert(ends, row);
    }

    /// The table. Its last line says how many rows did not fit.
    pub(super) fn csv(&self) -> String {
        let dropped = if self.dropped > 0 { format!("and {} more\n", self.dropped) } else { String::new() };
        format!("{HEAD}{}{dropped}", self.rows)
    }
}

fn row(variables: &Variables) -> String {
    let Variables { local, remote, snd, cwnd, ssthresh, pipe, repair, phase, srtt, rto, .. } = variables;
    let ssthresh = if *ssthresh == u32::MAX { String::new() } else { ssthresh.to_string() };
    let srtt = srtt.map(ms).unwrap_or_default();
    let repair = match repair {
        Repair::None => "none",
        Repair::FastRecovery => "fast recovery",
        Repair::AfterTimeout => "after timeout",
    };
    let (port, flight, rto) = (local.port(), snd.in_flight(), ms(*rto));
    format!("{port},{remote},{cwnd},{ssthresh},{flight},{pipe},{srtt},{rto},{phase},{repair}")
}

/// A time in milliseconds, to the microsecond.
fn ms(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1e3)
}
