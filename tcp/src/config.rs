//! What can be chosen, and why the defaults are what they are. Tested with what each setting changes.

use std::time::Duration;

use barewire_packet::ip::{Codepoint, Treatment};

use crate::congestion::CongestionControl;
use crate::ecn::Ecn;
use crate::keep_alive::KeepAlive;

/// How a host's connections behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// The largest IP packet the link carries, in bytes. Decides the MSS that is announced (RFC 9293 §3.7.1).
    pub mtu: usize,
    /// How many bytes a connection keeps for its reader. The window that it announces is what is left of them; where
    /// windows are scaled, rounding can make it up to an eighth more.
    pub receive_buffer: usize,
    /// How far that may grow where a path could carry more than it. With 0 it does not grow.
    pub receive_buffer_max: usize,
    /// How many bytes a connection keeps of its writer: unsent or not yet acknowledged.
    pub send_buffer: usize,
    /// Offer and accept window scaling (RFC 7323 §2).
    pub window_scaling: bool,
    /// Offer and accept timestamps (RFC 7323 §3).
    pub timestamps: bool,
    /// Offer SACK, and report what arrived out of order (RFC 2018).
    pub sack: bool,
    /// Notice losses by time as well (RACK-TLP, RFC 8985), where the peer reports what arrives out of order.
    pub rack: bool,
    /// Let routers mark packets instead of dropping them (ECN, RFC 3168). The default answers a peer that asks and does
    /// not ask itself, as Linux does: few networks mark, and some firewalls still drop a SYN that asks.
    pub ecn: Ecn,
    /// What decides how much may be in the network.
    pub congestion: CongestionControl,
    /// Hold small segments back while data is in flight (Nagle: RFC 9293 §3.7.4). It is off: a lesson should see at
    /// once what it writes, and HTTP over TLS writes whole messages.
    pub nagle: bool,
    /// How long an ACK may wait for data to ride on (RFC 9293 §3.8.6.3: less than 0.5 s). Linux waits 40 ms.
    /// Zero acknowledges every segment at once.
    pub delayed_ack: Duration,
    /// How many full segments are acknowledged one by one when a connection begins, and after a gap: the sender's
    /// window is small then. Otherwise every second one is (RFC 5681 §4.2). Linux: 16.
    pub quick_acks: u32,
    /// The initial congestion window, in segments (RFC 6928).
    pub initial_window: u32,
    /// The retransmission timeout before anything was measured (RFC 6298 §2.1: 1 s).
    pub initial_rto: Duration,
    /// The least that the retransmission timeout adds to the smoothed round trip. RFC 6298 §2.4 says that the timeout
    /// SHOULD be at least 1 s. Linux adds 200 ms, which is still well above a delayed ACK of 40 ms, and so does this
    /// crate.
    pub rto_margin: Duration,
    /// The longest retransmission timeout, however often it was doubled (RFC 6298 §2.5: at least 60 s).
    pub max_rto: Duration,
    /// How often a segment is sent again before the connection is given up (RFC 9293 §3.8.3, R2). Linux: 15.
    pub retries: u32,
    /// How often a SYN is sent again. With 7 it takes 247 s to give up: RFC 9293 §3.8.3 wants three minutes at least.
    /// (Linux's 6 make 127 s.)
    pub syn_retries: u32,
    /// Ask a silent peer whether it is still there (RFC 9293 §3.8.4). `None`: it may be silent for ever.
    pub keep_alive: Option<KeepAlive>,
    /// Give the connection up when nothing new was acknowledged for so long (RFC 9293 §3.9.1, RFC 5482; the option
    /// that tells the peer is left out). `None`: only `retries` is a limit.
    pub user_timeout: Option<Duration>,
    /// How long TIME-WAIT lasts: twice the longest life of a segment. RFC 9293 §3.4.2 says 4 minutes, Linux takes 60 s.
    pub time_wait: Duration,
    /// Answer SYNs with cookies where the backlog of a listener is full (RFC 4987 §3.6).
    pub syn_cookies: bool,
    /// Send text with the SYN, and take the text of a peer's SYN before the handshake is over (Fast Open, RFC 7413). A
    /// client asks for a cookie, and uses it from its next connection on. A listener gives cookies. It is off: a SYN
    /// can come twice, and its text is then read twice. It is for requests that may be repeated (§6.1).
    pub fast_open: bool,
    /// How many connections of a listener may have had text of their SYN read before their handshakes are over. Beyond
    /// that Fast Open rests, and handshakes are plain (RFC 7413 §5.1).
    pub fast_open_backlog: usize,
    /// How many routers may pass a packet on (RFC 9293 §3.9.2).
    pub time_to_live: u8,
    /// The Differentiated Services codepoint of all packets, six bits: what service they ask of routers
    /// (RFC 9293 §3.9.1.9).
    pub differentiated_services: u8,
    /// How many connections a host holds at once. For one more the oldest that only waits ends before its time: in
    /// TIME-WAIT, or for a FIN or the last ACK when its user has gone.
    pub max_connections: usize,
    /// Refuse segments whose checksum covers only the pseudo-header (see
    /// [`barewire_packet::checksum::Verdict::Unfinished`]).
    pub strict_checksums: bool,
}

impl Config {
    /// The largest receive buffer that a connection can come to have.
    pub(crate) fn receive_limit(&self) -> usize {
        self.receive_buffer.max(self.receive_buffer_max)
    }

    /// How routers are to treat a packet, whether they may mark it or not.
    pub(crate) fn treatment(&self, codepoint: Codepoint) -> Treatment {
        Treatment { hops: self.time_to_live, service: self.differentiated_services & 0x3f, codepoint }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            mtu: 1500,
            receive_buffer: 256 * 1024,
            receive_buffer_max: 0,
            send_buffer: 256 * 1024,
            window_scaling: true,
            timestamps: true,
            sack: true,
            rack: true,
            ecn: Ecn::default(),
            congestion: CongestionControl::default(),
            nagle: false,
            delayed_ack: Duration::from_millis(40),
            quick_acks: 16,
            initial_window: 10,
            initial_rto: Duration::from_secs(1),
            rto_margin: Duration::from_millis(200),
            max_rto: Duration::from_secs(120),
            retries: 15,
            syn_retries: 7,
            keep_alive: None,
            user_timeout: None,
            time_wait: Duration::from_secs(60),
            syn_cookies: true,
            fast_open: false,
            fast_open_backlog: 16,
            time_to_live: Treatment::default().hops,
            differentiated_services: Treatment::default().service,
            max_connections: 4096,
            strict_checksums: false,
        }
    }
}
