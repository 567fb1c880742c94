//! Fast Open with the kernel as the other end: its own counters say how the connections opened (RFC 7413).

use std::time::Duration;

use crate::lab::{Lab, SERVER, malformed};
use crate::pair::wait_for_both;
use crate::seen::seen;

/// The first connection brings the cookie.
const TIMES: u64 = 4;

/// `net.ipv4.tcp_fastopen`: as client (1), as server (2), and for each listener without its asking (0x400).
const FAST_OPEN: &str = "net.ipv4.tcp_fastopen=1027";

#[test]
fn the_kernel_takes_our_text_with_the_syn() {
    let Some(lab) = Lab::raise("the_kernel_takes_our_text_with_the_syn") else { return };
    run(&lab, "kernel", "ours", "server");
    let counter = |name| lab.counter("server", "TcpExt", name);
    assert_eq!(counter("TCPFastOpenCookieReqd"), 1, "we asked once");
    assert_eq!(counter("TCPFastOpenPassive"), TIMES - 1, "and used the cookie from then on");
    assert_eq!(counter("TCPFastOpenPassiveFail"), 0);
}

#[test]
fn we_take_the_kernels_text_with_the_syn() {
    let Some(lab) = Lab::raise("we_take_the_kernels_text_with_the_syn") else { return };
    run(&lab, "ours", "kernel", "client");
    let counter = |name| lab.counter("client", "TcpExt", name);
    assert_eq!(counter("TCPFastOpenActive"), TIMES - 1, "our SYN-ACKs acknowledged its text");
    assert_eq!(counter("TCPFastOpenActiveFail"), 0);
}

/// The path drops the option in our SYNs: the connections are made, without text in the SYN.
#[test]
fn a_path_that_drops_fast_open() {
    let Some(lab) = Lab::raise("a_path_that_drops_fast_open") else { return };
    lab.drop_where("tcp option fastopen exists");
    run(&lab, "kernel", "ours", "server");
    let counter = |name| lab.counter("server", "TcpExt", name);
    assert_eq!((counter("TCPFastOpenCookieReqd"), counter("TCPFastOpenPassive")), (0, 0));
}

/// Requests over connections of their own. `kernel` is the end where the kernel is.
fn run(lab: &Lab, server: &str, client: &str, kernel: &str) {
    lab.set(kernel, FAST_OPEN);
    let recorder = lab.record(kernel, "fast_open.pcap");
    let what = format!("{SERVER}:7000 {TIMES}");
    let mut server = lab.process("server", &format!("fast {server} listen {what}"));
    server.wait_for("listening", Duration::from_secs(20));
    let client = lab.process("client", &format!("fast {client} connect {what}"));
    let mut ends = [client, server];
    wait_for_both(&mut ends, "connections done", Duration::from_secs(60));
    lab.stop(recorder, "fast_open.pcap");
    let file = lab.path("fast_open.pcap");
    assert_eq!(seen(&file).resets, [], "{}", file.display());
    assert_eq!(malformed(&file), "", "{}", file.display());
    assert_eq!(lab.counter(kernel, "Tcp", "InErrs"), 0, "segments that the kernel calls wrong");
}
