//! TCP: SYNs from addresses that nobody has, against the backlog of a real server. Does Alice still get in?
//!
//! Bob's backlog has four places. Mallory sends eight SYNs, each in the name of another host that is not there, so the
//! SYN-ACKs reach nobody, and the places stay taken until Bob gives up. With SYN cookies (RFC 4987 §3.6) a full backlog
//! answers as well, and keeps nothing: what Bob has to know comes back in Alice's ACK. With `--wire` the switch is the
//! kernel's: `net.ipv4.tcp_syncookies` (which holds for IPv6, too), in Bob's network namespace. The lesson
//! `tcp_syn_flood` opens a cookie.
//!
//! Try: `cargo run --example syn_flood_wire -- real`: the hosts are there, namely Alice eight times, from other ports.
//! What do their kernels do with a SYN-ACK that they have not asked for, and does the flood work? Then `-- -6`: how
//! many addresses could Mallory choose from there?
//!
//! ```text
//! SYN cookies off
//!    after 8 SYNs of Mallory's, 4 rows of Bob's table are in SYN-RECV
//!    Alice connects: timed out
//! SYN cookies on
//!    after 8 SYNs of Mallory's, 4 rows of Bob's table are in SYN-RECV
//!    Alice connects, and Bob reads "hello"
//! ```

use std::error::Error;
use std::net::SocketAddr;

use barewire::experiment::{Experiment, Plan};
use barewire_tcp::{Flags, Segment};

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["real"])?;
    let mut mallory = experiment.link("mallory", &[])?;
    let (mut alice, mut bob) = (experiment.peer("alice")?, experiment.peer("bob")?);
    for (cookies, port) in [(false, 8080), (true, 8081)] {
        println!("SYN cookies {}", if cookies { "on" } else { "off" });
        let there = experiment.end("bob", port)?;
        bob.use_syn_cookies(cookies)?;
        bob.listen(port, 4)?;
        for number in 0..8 {
            let real = experiment.word() == "real";
            let claims =
                if real { experiment.address("alice")? } else { experiment.absent("bob", number)? };
            let from = SocketAddr::new(claims, 5000 + u16::from(number));
            let empty = Segment::empty(from.port(), port);
            let syn = Segment { flags: Flags::SYN, window: 1000, ..empty };
            mallory.send(&syn.ip_packet(from.ip(), there.ip()))?;
        }
        let rows = bob.sockets()?;
        let half_open = rows.iter().filter(|row| row.local.port() == port && row.state == "SYN-RECV").count();
        println!("   after 8 SYNs of Mallory's, {half_open} rows of Bob's table are in SYN-RECV");
        match alice.connect(4000 + port % 10, there) {
            Err(error) => println!("   Alice connects: {}", error.kind()),
            Ok(at_alice) => {
                alice.write(at_alice, b"hello")?;
                let (at_bob, _) = bob.accept()?.ok_or("there is nothing to accept")?;
                let text = bob.read(at_bob)?;
                println!("   Alice connects, and Bob reads {:?}", String::from_utf8_lossy(&text));
            }
        }
    }
    Ok(())
}
