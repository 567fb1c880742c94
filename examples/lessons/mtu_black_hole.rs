//! TCP: a path takes smaller packets than its ends think, and a firewall throws away the message that says so.
//!
//! The server's packets of 1500 bytes have to pass a wire that takes 1280. The router may not cut them, since they say
//! "don't fragment"; it drops them, and sends an ICMP message with the size that would pass. So the server learns the
//! MTU of the path (RFC 1191, RFC 8201). Where a firewall drops all ICMP, the server hears nothing, and each large
//! packet vanishes: the connection opens, small texts pass, and the first large one hangs (RFC 2923 §2.1).
//!
//! How does it get out? After some timeouts it tries smaller packets by itself (RFC 4821 §7.7). The TCP of this
//! workspace does that always; Linux does it where `net.ipv4.tcp_mtu_probing` is 1, as it is here with `--wire`, and
//! not by default.
//!
//! Try: `cargo run --example mtu_black_hole -- icmp`: there is no firewall. How long does the server need now? Then
//! `-- small`: the server sends short texts, one by one. Do they notice anything? And `-- -6`: routers never cut a
//! packet of IPv6; is anything different for TCP?
//!
//! ```text
//! the path takes packets of 1500 bytes
//!    3000 of 3000 bytes arrive at once
//! the path takes packets of 1280 bytes
//!    3000 of 3000 bytes arrive after some timeouts
//! ```

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan};

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Path, &["icmp", "small"])?;
    let clock = experiment.link("client", &[])?;
    let (mut client, mut server) = (experiment.peer("client")?, experiment.peer("server")?);
    // A kernel gives up on large packets after about three seconds, this workspace's TCP after 0.6.
    let soon = Duration::from_millis(if experiment.is_on_the_wire() { 2000 } else { 400 });
    for (port, mtu) in [(8080, 1500), (8081, 1280)] {
        println!("the path takes packets of {mtu} bytes");
        server.listen(port, 1)?;
        let at_client = client.connect(port, experiment.end("server", port)?)?;
        let (at_server, _) = server.accept()?.ok_or("there is nothing to accept")?;
        if mtu == 1280 && experiment.word() != "icmp" {
            experiment.filter_icmp()?;
        }
        experiment.narrow(mtu)?;
        let (texts, length) = if experiment.word() == "small" { (3, 1000) } else { (1, 3000) };
        for _ in 0..texts {
            server.write(at_server, &vec![b'.'; length])?;
            let (begin, mut arrived, mut in_vain) = (clock.now(), 0, 0);
            while arrived < length && in_vain < 20 {
                match client.read(at_client) {
                    Ok(text) => arrived += text.len(),
                    Err(error) if error.kind() == ErrorKind::TimedOut => in_vain += 1,
                    Err(error) => return Err(error.into()),
                }
            }
            let when = if clock.now() - begin < soon { "at once" } else { "after some timeouts" };
            println!("   {arrived} of {length} bytes arrive {when}");
        }
    }
    Ok(())
}
