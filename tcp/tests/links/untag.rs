//! A bridge of two devices that takes the tag of one VLAN off: `near` has tagged frames, `far` has none. The test
//! brings its own, because kernels without 802.1Q have none. It uses no code of ours.
//!
//! ```text
//!   near ── frames of VLAN 7 ──▶ without tag ──▶ far
//!   near ◀──── with tag 7 ◀──── all frames ──── far
//! ```

use std::io::{self, Write};
use std::os::fd::IntoRawFd;
use std::thread;
use std::time::Duration;

use pnet_datalink::{Channel, Config, DataLinkReceiver, DataLinkSender};
use socket2::{Domain, SockFilter, Socket, Type};

/// A frame of the largest packet, with a tag.
const LARGEST: usize = 70_000;

/// Passes frames on until it is killed.
pub(crate) fn run(vlan: u16) {
    let (mut to_near, mut from_near) = open("near", Some(vlan));
    let (mut to_far, mut from_far) = open("far", None);
    println!("ready");
    io::stdout().flush().unwrap();
    thread::spawn(move || {
        loop {
            // The kernel has taken the tag out already.
            pass(&mut *from_near, &mut *to_far, <[u8]>::to_vec);
        }
    });
    loop {
        pass(&mut *from_far, &mut *to_near, |frame| {
            [&frame[..12], &0x8100_u16.to_be_bytes(), &vlan.to_be_bytes(), &frame[12..]].concat()
        });
    }
}

fn pass(from: &mut dyn DataLinkReceiver, to: &mut dyn DataLinkSender, change: impl Fn(&[u8]) -> Vec<u8>) {
    if let Ok(frame) = from.next() {
        let frame = change(frame);
        let sent = to.send_to(&frame, None);
        if let Some(Err(error)) = sent {
            println!("a frame of {} bytes: {error}", frame.len());
        }
    }
}

/// What a socket sends does not come back to itself, so one is used for both ways.
fn open(name: &str, vlan: Option<u16>) -> (Box<dyn DataLinkSender>, Box<dyn DataLinkReceiver>) {
    let interface = pnet_datalink::interfaces().into_iter().find(|found| found.name == name).unwrap();
    let socket = Socket::new(Domain::PACKET, Type::RAW, None).unwrap();
    socket.set_recv_buffer_size(4 << 20).unwrap();
    if let Some(vlan) = vlan {
        socket.attach_filter(&only(vlan)).unwrap();
    }
    let config = Config {
        read_buffer_size: LARGEST,
        write_buffer_size: LARGEST,
        // The frames are for MAC addresses of others.
        promiscuous: true,
        socket_fd: Some(socket.into_raw_fd()),
        read_timeout: Some(Duration::from_secs(3600)),
        ..Config::default()
    };
    match pnet_datalink::channel(&interface, config).unwrap() {
        Channel::Ethernet(sender, receiver) => (sender, receiver),
        _ => panic!("{name} is not Ethernet"),
    }
}

/// Frames that had the tag: what the kernel took out, it tells a filter (SKF_AD_VLAN_TAG, SKF_AD_VLAN_TAG_PRESENT).
fn only(vlan: u16) -> [SockFilter; 7] {
    let beside = |offset: i32| (libc::SKF_AD_OFF + offset) as u32;
    let step = |code: u32, yes, no, operand| SockFilter::new(code as u16, yes, no, operand);
    [
        step(libc::BPF_LD | libc::BPF_B | libc::BPF_ABS, 0, 0, beside(libc::SKF_AD_VLAN_TAG_PRESENT)),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 4, 1),
        step(libc::BPF_LD | libc::BPF_H | libc::BPF_ABS, 0, 0, beside(libc::SKF_AD_VLAN_TAG)),
        step(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0, 0, 0xfff),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, vlan.into()),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, u32::MAX),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
    ]
}
