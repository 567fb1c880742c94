//! What is shown while connections come and go: packets as rows of a ladder, connections as remarks, and the counts at
//! the end. The middle of a long transfer is only counted, unless `--verbose` wants it.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::capture::{Frame, Interface, Origin};
use barewire_packet::frame::linktype;
use barewire_packet::link::Way;
use barewire_packet::transit::Transit;

use crate::cli::ListenArgs;
use crate::commands::output::style;
use crate::commands::probing::say;
use crate::services::plain::{Bulletin, What};
use crate::story::{Config, Live};
use crate::views::{LiveLadder, count, paragraph, several};

/// Rows of data and ACKs in a row, after which such packets are only counted.
const MOST_ROWS: u64 = 12;

/// What was shown, and what is counted.
pub(super) struct Shown {
    start: Instant,
    ladder: Option<LiveLadder>,
    live: Live,
    interface: Interface,
    is_verbose: bool,
    frames: u64,
    /// Packets without SYN, FIN and RST since the last one with.
    plain: u64,
    opened: u64,
    in_order: u64,
    ended: u64,
    received: u64,
    sent: u64,
}

impl Shown {
    pub(super) fn new(args: &ListenArgs, now: Instant, at: SocketAddr) -> Shown {
        Shown {
            start: now,
            ladder: (!args.quiet).then(|| LiveLadder::new(&style())),
            live: Live::new(Config::default()),
            interface: Interface { link_type: linktype::RAW, name: at.to_string(), origin: Origin::Seen },
            is_verbose: args.verbose,
            frames: 0,
            plain: 0,
            opened: 0,
            in_order: 0,
            ended: 0,
            received: 0,
            sent: 0,
        }
    }

    /// A packet passes.
    pub(super) fn packet(&mut self, now: Instant, way: Way, packet: &[u8]) -> io::Result<()> {
        self.frames += 1;
        let Some(ladder) = &mut self.ladder else { return Ok(()) };
        let frame = Frame {
            number: self.frames,
            time: now.saturating_duration_since(self.start) + Duration::from_secs(1),
            bytes: packet.to_vec(),
            original_len: packet.len() as u32,
            way: Some(way),
            ..Frame::default()
        };
        let Ok(told) = self.live.frame(&self.interface, &frame) else { return Ok(()) };
        let row = ladder.row(&told);
        if opens_or_closes(packet) {
            let hidden = self.plain.saturating_sub(MOST_ROWS);
            self.plain = 0;
            if hidden > 0 && !self.is_verbose {
                let text = format!("{} of data and ACKs (-v shows them)", several(hidden, "packet"));
                say(&ladder.remark(&text))?;
            }
            return say(&row);
        }
        self.plain += 1;
        if self.plain <= MOST_ROWS || self.is_verbose { say(&row) } else { Ok(()) }
    }

    /// Tells what happened to connections. Whether one has ended.
    pub(super) fn news(&mut self, bulletin: &Bulletin) -> io::Result<bool> {
        let before = self.ended;
        while let Some(news) = bulletin.next() {
            let text = match news.what {
                What::Opened => {
                    self.opened += 1;
                    format!("{} is connected", news.client)
                }
                What::Ended { received, sent, in_order } => {
                    self.ended += 1;
                    self.in_order += u64::from(in_order);
                    self.received += received;
                    self.sent += sent;
                    let how = if in_order { "closed by both ends" } else { "broken off" };
                    let (received, sent) = (count(received), count(sent));
                    format!("{}: {how}; {received} bytes came, {sent} were sent", news.client)
                }
            };
            match &self.ladder {
                Some(ladder) => say(&ladder.remark(&text))?,
                None => say(&format!("{text}\n"))?,
            }
        }
        Ok(self.ended > before)
    }

    /// The counts.
    pub(super) fn summary(&self, drops: Option<u64>) -> String {
        let Shown { opened, ended, in_order, received, sent, frames, .. } = self;
        let drops = match drops {
            Some(drops) if drops > 0 => {
                format!("; the kernel's queue was full for {}", several(drops, "packet"))
            }
            _ => String::new(),
        };
        let open = opened.saturating_sub(*ended);
        let text = format!(
            "{}, {in_order} closed by both ends, {open} still open; {} bytes came, {} were sent, in {}{drops}",
            several(*opened, "connection"),
            count(*received),
            count(*sent),
            several(*frames, "packet")
        );
        format!("\n{}", paragraph(&text, 0, style().width))
    }
}

/// Whether a packet has SYN, FIN or RST.
fn opens_or_closes(packet: &[u8]) -> bool {
    let flags = Transit::parse(packet.to_vec()).ok().and_then(|packet| packet.tcp_flags());
    flags.is_none_or(|flags| flags.0 & 0b111 != 0)
}
