//! A table of differences: what is replayed, what the application does, and why we differ.
//!
//! ```text
//! replay sack_recovery 1 server            the capture, which of its connections, the side that we play
//! at 4 write 20000                         when the kernel sent frame 4, its application wrote 20,000 bytes
//! at 4 close
//! mtu 540                                  of our link, where it is not 1500; likewise receive_buffer 2896
//! fast_open                                we do Fast Open; the connections before were played to the same host
//! ecn offer                                we ask for ECN, where we are the client
//!
//! The kernel does this, and we do that.    the reason
//!     kernel 52 at 0.063: A 5369:5857(488) ack 1 ts     what the kernel sent, and we did not: frame, seconds
//!     ours at 0.083: A 5369:5857(488) ack 1 ts          what we sent, and the kernel did not
//! ```
//!
//! Lines are compared as a bag: their order in the table is free.

use std::fmt::Write;

/// The heading under which new differences are written.
const NO_REASON: &str = "NO REASON YET";

/// What the application does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Write(usize),
    Close,
    Abort,
    /// It closes for both directions: nobody will read any more.
    Release,
    /// It reads, from now on. Without such a line it reads from the beginning; with `at 0 read` never.
    Read,
}

/// A table, as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// The name of the capture, which lies in the same folder.
    pub(crate) capture: String,
    /// Which of the capture's connections, from 1.
    pub(crate) connection: usize,
    /// Whether we play the client: the end that sends the first SYN.
    pub(crate) we_are_client: bool,
    /// Frame numbers, and what is called then.
    pub(crate) calls: Vec<(usize, Call)>,
    /// The MTU of our link: the kernel's route can say less than its device (advmss).
    pub(crate) mtu: usize,
    /// The bytes that our reader has room for, where it matters.
    pub(crate) receive_buffer: Option<usize>,
    /// Whether we ask for ECN. That the kernel asks needs no line: we answer.
    pub(crate) offers_ecn: bool,
    /// Whether we do Fast Open. Then the capture's connections before this one are played first, to the same host, for
    /// their cookies.
    pub(crate) fast_open: bool,
    /// Whether somebody listens, where we are the server.
    pub(crate) listens: bool,
    head: Vec<String>,
    reasons: Vec<(String, Vec<String>)>,
}

impl Table {
    pub(crate) fn read(text: &str) -> Result<Table, String> {
        let (head, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let head: Vec<String> = head.lines().map(str::to_owned).collect();
        let mut table = Table {
            capture: String::new(),
            connection: 1,
            we_are_client: true,
            calls: Vec::new(),
            mtu: 1500,
            receive_buffer: None,
            offers_ecn: false,
            fast_open: false,
            listens: true,
            head: head.clone(),
            reasons: Vec::new(),
        };
        head.iter().try_for_each(|line| table.take(line).map_err(|why| format!("{line}: {why}")))?;
        if table.capture.is_empty() {
            return Err("it begins with: replay CAPTURE CONNECTION SIDE".to_owned());
        }
        table.read_reasons(rest);
        Ok(table)
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        let number = |text: &str| text.parse::<usize>().map_err(|_| format!("{text} is not a number"));
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["replay", capture, connection, side] => {
                (self.capture, self.connection) = (capture.to_owned(), number(connection)?);
                self.we_are_client = side == "client";
            }
            ["at", frame, "write", bytes] => self.calls.push((number(frame)?, Call::Write(number(bytes)?))),
            ["at", frame, "close"] => self.calls.push((number(frame)?, Call::Close)),
            ["at", frame, "abort"] => self.calls.push((number(frame)?, Call::Abort)),
            ["at", frame, "release"] => self.calls.push((number(frame)?, Call::Release)),
            ["at", frame, "read"] => self.calls.push((number(frame)?, Call::Read)),
            ["mtu", bytes] => self.mtu = number(bytes)?,
            ["receive_buffer", bytes] => self.receive_buffer = Some(number(bytes)?),
            ["fast_open"] => self.fast_open = true,
            ["ecn", "offer"] => self.offers_ecn = true,
            ["nobody", "listens"] => self.listens = false,
            _ => return Err("not a line of a table's head".to_owned()),
        }
        Ok(())
    }

    fn read_reasons(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match (line.strip_prefix("    "), self.reasons.last_mut()) {
                (Some(difference), Some((_, lines))) => lines.push(difference.trim_end().to_owned()),
                (None, Some((reason, lines))) if lines.is_empty() => {
                    reason.push('\n');
                    reason.push_str(line);
                }
                _ => self.reasons.push((line.to_owned(), Vec::new())),
            }
        }
    }

    /// What is wrong between the differences found and those in the table.
    pub(crate) fn faults(&self, found: &[String]) -> Vec<String> {
        let explained = self.reasons.iter().filter(|(reason, _)| reason != NO_REASON);
        let mut listed: Vec<&String> = explained.flat_map(|(_, lines)| lines).collect();
        let mut faults = Vec::new();
        for line in found {
            match listed.iter().position(|listed| *listed == line) {
                Some(place) => drop(listed.remove(place)),
                None => faults.push(format!("no reason is given for: {line}")),
            }
        }
        faults.extend(listed.into_iter().map(|line| format!("this no longer occurs: {line}")));
        faults
    }

    /// The table with these differences: reasons are kept, and what has none comes last.
    pub(crate) fn blessed(&self, found: &[String]) -> String {
        let mut left: Vec<&String> = found.iter().collect();
        let mut text = self.head.join("\n") + "\n";
        let mut write = |reason: &str, lines: &[&String]| {
            if !lines.is_empty() {
                let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
                let _ = write!(text, "\n{reason}\n{lines}");
            }
        };
        for (reason, lines) in self.reasons.iter().filter(|(reason, _)| reason != NO_REASON) {
            let mut stay = Vec::new();
            for line in lines {
                if let Some(place) = left.iter().position(|found| *found == line) {
                    stay.push(left.remove(place));
                }
            }
            write(reason, &stay);
        }
        write(NO_REASON, &left);
        text
    }
}

#[test]
fn reasons_stay_and_new_differences_come_last() {
    let text = "replay a 2 server\nat 4 write 10\n\nOne\nreason.\n    ours: x\n    ours: x\n\nTwo.\n    kernel 3: y\n";
    let table = Table::read(text).unwrap();
    let bag = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let same = bag(&["kernel 3: y", "ours: x", "ours: x"]);
    assert_eq!(table.faults(&same), bag(&[]));
    assert_eq!(table.blessed(&same), text);
    let other = bag(&["ours: x", "ours: z"]);
    let faults = bag(&[
        "no reason is given for: ours: z",
        "this no longer occurs: ours: x",
        "this no longer occurs: kernel 3: y",
    ]);
    assert_eq!(table.faults(&other), faults);
    let blessed = table.blessed(&other);
    assert_eq!(
        blessed,
        "replay a 2 server\nat 4 write 10\n\nOne\nreason.\n    ours: x\n\nNO REASON YET\n    ours: z\n"
    );
    assert_eq!(Table::read(&blessed).unwrap().faults(&other), bag(&["no reason is given for: ours: z"]));
}
