//! TCP: the states of both ends, beside the packets that move them.
//!
//! A packet stands in two rows: in one where it leaves, and in one where it arrives. A state moves when the user calls,
//! when a packet leaves or arrives, and when a time has passed (RFC 9293 §3.3.2, figure 5). Between two rows the ends
//! do not agree: the client is in ESTABLISHED, and the server is still in SYN-RECEIVED. The end that closes first stays
//! in TIME-WAIT for a minute. Its last ACK may be lost, and then the peer sends its FIN again.
//!
//! Try: `cargo run --example tcp_states -- both`: both close at the same moment. Which state is new, and who waits at
//! the end? Then `-- open`: both connect at the same moment, and nobody listens. How many packets open the connection?
//! Then `-- abort`: the server does not close, it aborts. Who waits now?
//!
//! ```text
//!      time  client                                             server
//!      0 ms  CLOSED                                    listens  LISTEN
//!      0 ms  SYN-SENT     connects                              LISTEN
//!      0 ms  SYN-SENT     SYN, seq 0 ack 0 ──▶                  LISTEN
//!     10 ms  SYN-SENT                     SYN, seq 0 ack 0 ──▶  SYN-RECEIVED
//!     10 ms  SYN-SENT                 ◀── SYN ACK, seq 0 ack 1  SYN-RECEIVED
//!     20 ms  ESTABLISHED  ◀── SYN ACK, seq 0 ack 1              SYN-RECEIVED
//!     20 ms  ESTABLISHED  ACK, seq 1 ack 1 ──▶                  SYN-RECEIVED
//!     30 ms  ESTABLISHED                  ACK, seq 1 ack 1 ──▶  ESTABLISHED
//!     50 ms  ESTABLISHED  writes                                ESTABLISHED
//!     50 ms  ESTABLISHED  PSH ACK, seq 1 ack 1, 5 bytes ──▶     ESTABLISHED
//!     60 ms  ESTABLISHED     PSH ACK, seq 1 ack 1, 5 bytes ──▶  ESTABLISHED
//!     80 ms  ESTABLISHED  closes                                ESTABLISHED
//!     80 ms  FIN-WAIT-1   FIN ACK, seq 6 ack 1 ──▶              ESTABLISHED
//!     90 ms  FIN-WAIT-1               FIN ACK, seq 6 ack 1 ──▶  CLOSE-WAIT
//!     90 ms  FIN-WAIT-1                   ◀── ACK, seq 1 ack 7  CLOSE-WAIT
//!    100 ms  FIN-WAIT-2   ◀── ACK, seq 1 ack 7                  CLOSE-WAIT
//!    120 ms  FIN-WAIT-2                                 closes  CLOSE-WAIT
//!    120 ms  FIN-WAIT-2               ◀── FIN ACK, seq 1 ack 7  LAST-ACK
//!    130 ms  TIME-WAIT    ◀── FIN ACK, seq 1 ack 7              LAST-ACK
//!    130 ms  TIME-WAIT    ACK, seq 7 ack 2 ──▶                  LAST-ACK
//!    140 ms  TIME-WAIT                    ACK, seq 7 ack 2 ──▶  CLOSED
//!  60130 ms  CLOSED                                             CLOSED
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::hosts::{CLIENT, Happened, Hosts, Passing, SERVER};
use barewire_internet::Wire;
use barewire_tcp::{Config, Handle, State};

const PORTS: [u16; 2] = [5000, 80];

/// The hosts, and what was in the last row.
struct Ladder {
    hosts: Hosts,
    states: [State; 2],
}

impl Ladder {
    fn handle(&self, host: usize) -> Option<Handle> {
        let [local, remote] = [host, 1 - host].map(|host| self.hosts.end(host, PORTS[host]));
        self.hosts[host].handle_of(local, remote)
    }

    /// A row, with this on the side of a host. Nothing to say: only if a state is another one now.
    fn row(&mut self, host: usize, what: &str) {
        let states = [CLIENT, SERVER].map(|host| match self.handle(host) {
            Some(handle) => self.hosts[host].state(handle),
            None if self.states[host] == State::Listen => State::Listen,
            None => State::Closed,
        });
        let side = if host == CLIENT { format!("{what:36}") } else { format!("{what:>36}") };
        let [client, server] = states.map(|state| state.to_string());
        if !what.is_empty() || states != self.states {
            println!("{:6} ms  {client:13}{side}  {server}", self.hosts.elapsed().as_millis());
        }
        self.states = states;
    }

    fn call(&mut self, host: usize, what: &str) -> Result<(), Box<dyn Error>> {
        let (now, remote) = (self.hosts.now(), self.hosts.end(1 - host, PORTS[1 - host]));
        match (what, self.handle(host)) {
            ("listens", _) => self.hosts[host].listen(PORTS[host], 1)?,
            ("connects", _) => drop(self.hosts[host].connect_from(now, PORTS[host], remote)?),
            ("writes", Some(handle)) => drop(self.hosts[host].write(handle, b"hello")?),
            ("aborts", Some(handle)) => self.hosts[host].abort(handle),
            (_, Some(handle)) => self.hosts[host].close(handle),
            (_, None) => {}
        }
        self.row(host, what);
        Ok(())
    }
}

/// What is asked of a host: when (in the text: in milliseconds), of which, and what.
fn call(text: &str) -> Option<(Duration, usize, &str)> {
    let [at, host, what] = text.split(' ').collect::<Vec<_>>()[..] else { return None };
    Some((Duration::from_millis(at.parse().ok()?), usize::from(host == "server"), what))
}

/// A packet in its row: on the side of its host, with an arrow along its way.
fn passes(it: &Passing, leaves: bool) -> String {
    if (it.host == CLIENT) == leaves { format!("{it} ──▶") } else { format!("◀── {it}") }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let calls = match words.join(" ").as_str() {
        "" => "0 server listens, 0 client connects, 50 client writes, 80 client closes, 120 server closes",
        "both" => "0 server listens, 0 client connects, 50 client closes, 50 server closes",
        "open" => "0 client connects, 0 server connects",
        "abort" => "0 server listens, 0 client connects, 50 client closes, 80 server aborts",
        other => return Err(format!("{other} is not known here; try both, open or abort").into()),
    };
    let states = [State::Closed, if calls.contains("listens") { State::Listen } else { State::Closed }];
    let mut ladder = Ladder { hosts: Hosts::two(Wire::ms(10), [Config::default(); 2], 1)?, states };
    let mut calls = calls.split(", ").filter_map(call).peekable();
    println!("     time  client                                             server");
    loop {
        while let Some((_, host, what)) = calls.next_if(|call| call.0 <= ladder.hosts.elapsed()) {
            ladder.call(host, what)?;
        }
        while let Some(sent) = ladder.hosts.transmit() {
            ladder.row(sent.host, &passes(&sent, true));
            ladder.hosts.send(sent.host, &sent.packet)?;
        }
        let limit = calls.peek().map_or(Duration::from_secs(100), |call| call.0);
        match ladder.hosts.wait(limit)? {
            Some(Happened::Arrived(it)) => ladder.row(it.host, &passes(&it, false)),
            Some(Happened::Woken) => ladder.row(CLIENT, ""),
            None if calls.peek().is_none() => return Ok(()),
            None => {}
        }
    }
}
