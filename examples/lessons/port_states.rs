//! TCP: the server's table of sockets, while a client walks it through the states, one packet at a time.
//!
//! The client is by hand, so a connection stays in each state as long as we like. After each step stands what the
//! server sends, and then its table, as `ss -tan` prints it: with `--wire` it is the kernel's (`/proc/net/tcp`). Beside
//! the connection, `LISTEN` stays in the table all the time.
//!
//! Try: `cargo run --example port_states -- server`: the server closes first. Which side has to wait in TIME-WAIT, and
//! what for? Then `-- both`: both close before they hear of each other. Which state is there only now? And `-- stray`:
//! the client sends an ACK out of the blue. Does it leave a row in the table?
//!
//! ```text
//! the client sends SYN
//!    the server sends SYN ACK, seq 0 ack 1
//!       LISTEN     port 8080
//!       SYN-RECV   10.77.0.2:8080 10.77.0.1:4000
//! the client sends ACK
//!       LISTEN     port 8080
//!       ESTAB      10.77.0.2:8080 10.77.0.1:4000
//! the client sends FIN ACK
//!    the server sends ACK, seq 1 ack 2
//!       LISTEN     port 8080
//!       CLOSE-WAIT 10.77.0.2:8080 10.77.0.1:4000
//! the server's program closes
//!    the server sends FIN ACK, seq 1 ack 2
//!       LISTEN     port 8080
//!       LAST-ACK   10.77.0.2:8080 10.77.0.1:4000
//! the client sends ACK
//!       LISTEN     port 8080
//! ```

use std::error::Error;

use barewire::experiment::{ByHand, Experiment, Plan};
use barewire_tcp::Flags;

/// What happens next: the client sends a segment with these flags, or the server's program closes.
enum Step {
    Send(Flags),
    /// As if the last segment of the server's were still on its way.
    SendUnaware(Flags),
    Close,
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Pair, &["server", "both", "stray"])?;
    let (syn, ack, fin) =
        (Step::Send(Flags::SYN), Step::Send(Flags::ACK), Step::Send(Flags::FIN | Flags::ACK));
    let again = Step::Send(Flags::ACK);
    let steps = match experiment.word() {
        "server" => vec![syn, ack, Step::Close, again, fin],
        "both" => vec![syn, ack, Step::Close, Step::SendUnaware(Flags::FIN | Flags::ACK), again],
        "stray" => vec![ack],
        _ => vec![syn, ack, fin, Step::Close, again],
    };
    let (here, there) = (experiment.end("client", 4000)?, experiment.end("server", 8080)?);
    let mut client = ByHand::new(experiment.link("client", &[4000])?, here, there);
    let mut server = experiment.peer("server")?;
    server.listen(8080, 1)?;

    for step in &steps {
        match step {
            Step::Send(flags) => {
                println!("the client sends {flags}");
                client.send(*flags, b"")?;
            }
            Step::SendUnaware(flags) => {
                println!("the client sends {flags}, and has not heard of the server's FIN yet");
                client.expected = client.expected.back(1);
                client.send(*flags, b"")?;
                client.expected += 1;
            }
            Step::Close => {
                println!("the server's program closes");
                let (connection, _) = server.accept()?.ok_or("there is nothing to accept")?;
                server.close(connection)?;
            }
        }
        while let Some(heard) = client.hear()? {
            println!("   the server sends {}", client.told(&heard));
        }
        server.sockets()?.iter().for_each(|row| println!("      {row}"));
    }
    Ok(())
}
