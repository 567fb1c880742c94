//! A process at one end of a wire, in a network namespace: it sends and receives whole IP packets.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A process at one end.
pub(crate) struct Station {
    child: Child,
    input: Option<ChildStdin>,
    packets: Receiver<String>,
}

impl Station {
    /// Starts it in the namespace `space`, at the device `eth0`. Its packets go to the router with this MAC address.
    pub(crate) fn start(space: &str, router_mac: &str) -> Station {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/station/station.py");
        let mut child = Command::new("ip")
            .args(["netns", "exec", space, "python3", "-u", script, "eth0", router_mac])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let (to, packets) = channel();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| to.send(line)));
        let station = Station { input: child.stdin.take(), child, packets };
        assert_eq!(station.line(Duration::from_secs(20)).as_deref(), Some("ready"));
        station
    }

    pub(crate) fn send(&mut self, packet: &[u8]) {
        let hex: String = packet.iter().map(|byte| format!("{byte:02x}")).collect();
        let input = self.input.as_mut().expect("the process runs");
        writeln!(input, "{hex}").and_then(|()| input.flush()).expect("the process reads");
    }

    /// The next packet that is neither neighbour discovery nor about multicast groups; `None` when none comes in time.
    pub(crate) fn receive(&self, patience: Duration) -> Option<Vec<u8>> {
        loop {
            let line = self.line(patience)?;
            let at = |index: usize| u8::from_str_radix(&line[index..index + 2], 16).expect("hex");
            let packet: Vec<u8> = (0..line.len()).step_by(2).map(at).collect();
            let is_chatter = match packet.first().map(|byte| byte >> 4) {
                // IGMP.
                Some(4) => packet[9] == 2,
                // ICMPv6: multicast listeners after a hop-by-hop header, and neighbour discovery.
                Some(6) => {
                    packet[6] == 0 && packet[40] == 58 || packet[6] == 58 && (130..=143).contains(&packet[40])
                }
                _ => true,
            };
            if !is_chatter {
                return Some(packet);
            }
        }
    }

    fn line(&self, patience: Duration) -> Option<String> {
        self.packets.recv_timeout(patience).ok()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        // The process ends with its input.
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
