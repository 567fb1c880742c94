//! The loop: frames from two devices into the path, and out of it.

use std::io::{self, Read, Write};
use std::os::fd::IntoRawFd;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use pnet_datalink::{Channel, Config, DataLinkReceiver, DataLinkSender};
use socket2::{Domain, Protocol, Socket, Type};

use super::path::Path;
use super::plan::Plan;
use super::rules::Side;

/// How many frames may wait for the loop, and how many bytes of them in each socket.
const WAITING: usize = 1 << 14;
const SOCKET_BUFFER: usize = 4 << 20;
/// The largest frame that a device hands over.
const LARGEST: usize = 70_000;
/// All protocols, in the byte order of the network (ETH_P_ALL).
const ALL_PROTOCOLS: i32 = 0x0003_u16.to_be() as i32;

enum News {
    Frame(Side, Vec<u8>),
    /// The standard input has ended: nobody wants the relay any more.
    InputEnded,
}

/// Relays between two devices until the plan's time is over, or the standard input ends. Gives what became of the
/// frames.
pub(crate) fn run(left: &str, right: &str, plan: &Plan) -> Result<String, String> {
    let mut path = Path::new(Instant::now(), plan)?;
    let (news, incoming) = sync_channel(WAITING);
    let mut senders = [open(left, Side::Left, news.clone())?, open(right, Side::Right, news.clone())?];
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = news.send(News::InputEnded);
    });
    println!("ready");
    io::stdout().flush().map_err(|error| error.to_string())?;
    relay(&mut path, &incoming, &mut senders, Instant::now() + plan.lasts)?;
    Ok(path.to_string())
}

fn relay(
    path: &mut Path,
    incoming: &Receiver<News>,
    senders: &mut [Box<dyn DataLinkSender>; 2],
    end: Instant,
) -> Result<(), String> {
    loop {
        while let Some((side, frame)) = path.transmit(Instant::now()) {
            // A device that has no room has lost the frame, as a real one does.
            let _ = senders[side as usize].send_to(&frame, None);
        }
        let now = Instant::now();
        if now >= end {
            return Ok(());
        }
        let wake = path.deadline().map_or(end, |deadline| deadline.min(end));
        match incoming.recv_timeout(wake.saturating_duration_since(now)) {
            Ok(News::Frame(side, frame)) => path.receive(Instant::now(), side, frame),
            Ok(News::InputEnded) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err("a device is gone".to_owned()),
        }
    }
}

/// Opens a device: a thread reads from it, and what comes back writes to it.
fn open(name: &str, side: Side, news: SyncSender<News>) -> Result<Box<dyn DataLinkSender>, String> {
    let named = |error: io::Error| format!("{name}: {error}");
    let interface = pnet_datalink::interfaces().into_iter().find(|interface| interface.name == name);
    let interface = interface.ok_or_else(|| format!("there is no device {name}"))?;
    let socket =
        Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(ALL_PROTOCOLS))).map_err(named)?;
    socket.set_recv_buffer_size(SOCKET_BUFFER).map_err(named)?;
    let config = Config {
        read_buffer_size: LARGEST,
        write_buffer_size: LARGEST,
        promiscuous: false,
        socket_fd: Some(socket.into_raw_fd()),
        read_timeout: Some(Duration::from_secs(3600)),
        ..Config::default()
    };
    match pnet_datalink::channel(&interface, config).map_err(named)? {
        Channel::Ethernet(sender, receiver) => {
            thread::spawn(move || read_all(receiver, side, &news));
            Ok(sender)
        }
        _ => Err(format!("{name} is not Ethernet")),
    }
}

fn read_all(mut receiver: Box<dyn DataLinkReceiver>, side: Side, news: &SyncSender<News>) {
    loop {
        match receiver.next() {
            Ok(frame) => {
                if news.send(News::Frame(side, frame.to_vec())).is_err() {
                    return;
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
            Err(_) => return,
        }
    }
}
