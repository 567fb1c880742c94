//! smoltcp's end of the path.

use std::time::Duration;

use smoltcp::iface::PollResult;
use smoltcp::socket::tcp::CongestionControl;
use smoltcp::time::Instant;

use crate::tcp::PORT;
use crate::tcp::smoltcp::End;

/// The sender, which connects, and the receiver.
pub(super) fn ends(buffer: usize, control: CongestionControl) -> [Box<dyn super::End>; 2] {
    let [mut sender, mut receiver] = [1, 2].map(|last| Box::new(End::new(last, buffer, control)));
    receiver.socket().listen(PORT).expect("a free port");
    sender.connect(2);
    [sender, receiver]
}

fn instant(now: Duration) -> Instant {
    Instant::from_micros(now.as_micros() as i64)
}

impl super::End for End {
    fn receive(&mut self, now: Duration, packet: Vec<u8>) {
        self.wire.waiting.push_back(packet);
        self.interface.poll_ingress_single(instant(now), &mut self.wire, &mut self.sockets);
    }

    fn transmit(&mut self, now: Duration) -> Option<Vec<u8>> {
        if self.wire.sent.is_empty() {
            while self.interface.poll_egress(instant(now), &mut self.wire, &mut self.sockets)
                != PollResult::None
            {}
        }
        self.wire.sent.pop_front()
    }

    fn deadline(&mut self, now: Duration) -> Option<Duration> {
        let deadline = self.interface.poll_at(instant(now), &self.sockets)?;
        // It counts in microseconds: one more, so that the time has come for it, too.
        Some(Duration::from_micros(deadline.total_micros().max(0) as u64 + 1))
    }

    /// Its timers are looked at when it sends.
    fn on_deadline(&mut self, _: Duration) {}

    fn write(&mut self, bytes: &[u8]) -> usize {
        let socket = self.socket();
        if socket.can_send() { socket.send_slice(bytes).expect("an open connection") } else { 0 }
    }

    fn read(&mut self, buffer: &mut [u8]) -> usize {
        let socket = self.socket();
        if socket.can_recv() { socket.recv_slice(buffer).expect("an open connection") } else { 0 }
    }
}
