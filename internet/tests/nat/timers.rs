//! The lines about timers in the table of the module `nat`.

use std::time::Duration;

use barewire_internet::nat::Timers;

/// A line of the table about a timer.
pub(crate) struct Timer {
    pub(crate) rule: &'static str,
    pub(crate) clause: &'static str,
    pub(crate) rfc: &'static str,
    /// Its name in `sysctl`, after `net.netfilter.nf_conntrack_`.
    pub(crate) sysctl: &'static str,
    pub(crate) of: fn(&Timers) -> Duration,
}

pub(crate) const TIMERS: &[Timer] = &[
    Timer {
        rule: "UDP",
        clause: "4787 REQ-5",
        rfc: "2 min or more, 5 recommended",
        sysctl: "udp_timeout",
        of: |it| it.udp,
    },
    Timer {
        rule: "UDP that goes on",
        clause: "4787 REQ-5",
        rfc: "the same",
        sysctl: "udp_timeout_stream",
        of: |it| it.udp_stream,
    },
    Timer {
        rule: "TCP, SYN sent",
        clause: "5382 REQ-5",
        rfc: "4 min or more",
        sysctl: "tcp_timeout_syn_sent",
        of: |it| it.tcp_syn_sent,
    },
    Timer {
        rule: "TCP, SYN answered",
        clause: "5382 REQ-5",
        rfc: "4 min or more",
        sysctl: "tcp_timeout_syn_recv",
        of: |it| it.tcp_syn_received,
    },
    Timer {
        rule: "TCP, established",
        clause: "5382 REQ-5",
        rfc: "2 h 4 min or more",
        sysctl: "tcp_timeout_established",
        of: |it| it.tcp_established,
    },
    Timer {
        rule: "TCP, one side has closed",
        clause: "5382 REQ-5",
        rfc: "4 min or more",
        sysctl: "tcp_timeout_fin_wait",
        of: |it| it.tcp_fin_wait,
    },
    Timer {
        rule: "TCP, that is acknowledged",
        clause: "5382 REQ-5",
        rfc: "4 min or more",
        sysctl: "tcp_timeout_close_wait",
        of: |it| it.tcp_close_wait,
    },
    Timer {
        rule: "TCP, both have closed",
        clause: "5382 REQ-5",
        rfc: "4 min or more",
        sysctl: "tcp_timeout_last_ack",
        of: |it| it.tcp_last_ack,
    },
    Timer {
        rule: "TCP, TIME_WAIT",
        clause: "5382 §5",
        rfc: "open",
        sysctl: "tcp_timeout_time_wait",
        of: |it| it.tcp_time_wait,
    },
    Timer {
        rule: "TCP, reset",
        clause: "5382 §5",
        rfc: "open",
        sysctl: "tcp_timeout_close",
        of: |it| it.tcp_closed,
    },
    Timer {
        rule: "TCP, learned midway, no answer",
        clause: "-",
        rfc: "open",
        sysctl: "tcp_timeout_unacknowledged",
        of: |it| it.tcp_unanswered,
    },
    Timer {
        rule: "ICMP query",
        clause: "5508 REQ-2",
        rfc: "60 s or more",
        sysctl: "icmp_timeout",
        of: |it| it.icmp,
    },
];
