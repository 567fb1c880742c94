//! An outage: the name server of a zone dies. What do the users of a resolver see?
//!
//! Nobody tells a resolver that a server is dead. It hears nothing, and that may be a lost packet too. So it waits,
//! and then it gives up, or asks again and waits twice as long (RFC 1035 §4.2.1), or asks another server of the
//! zone. A zone has to have at least two (RFC 1034 §4.1). For what is in the cache no server is needed while its TTL
//! lasts, here 5 minutes.
//!
//! ns1 dies, and is back 2 seconds later. The columns are three moments after its death, at which users ask: what
//! comes, and after how long for the slowest of 20 users. Each has a resolver that used the zone before. In the
//! third line they ask for what they asked for before, in the others for something new. Look at the second line: why
//! does a user wait longer than the server is away?
//!
//! Try: `cargo run --example dns_outage -- hour`: ns1 is away for an hour. What are retries worth now, and until
//! when does the cache help? Then `-- both`: ns2 is away for that hour too, because it stands in the same room. What
//! is a second server worth then?
//!
//! ```text
//!                              after 0.5 s      after 30 s     after 360 s
//! one server, asked once   SERVFAIL 0.60 s   answer 0.04 s   answer 0.04 s
//! one server, asked again    answer 2.84 s   answer 0.04 s   answer 0.04 s
//! one server, and a cache    answer 0.00 s   answer 0.00 s   answer 0.04 s
//! two servers                answer 0.72 s   answer 0.12 s   answer 0.12 s
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::name_servers::NameServers;
use barewire_dns::RecordType;
use barewire_dns::resolver::Config;

/// When ns1 dies.
const DEATH: Duration = Duration::from_secs(10);
/// How long after that users ask.
const MOMENTS: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(30), Duration::from_secs(360)];
const NAMES: [&str; 3] = ["www.example.test", "early.example.test", "late.example.test"];

/// How the resolver and the zone are set up.
struct Plan {
    title: &'static str,
    retries: bool,
    cache: bool,
    servers: usize,
}

const PLANS: [Plan; 4] = [
    Plan { title: "one server, asked once", retries: false, cache: false, servers: 1 },
    Plan { title: "one server, asked again", retries: true, cache: false, servers: 1 },
    Plan { title: "one server, and a cache", retries: true, cache: true, servers: 1 },
    Plan { title: "two servers", retries: true, cache: false, servers: 2 },
];

/// What a user sees at each moment: how long it takes, and what comes.
fn live(
    plan: &Plan,
    dead: &[&str],
    outage: Duration,
    seed: u64,
) -> Result<Vec<(Duration, String)>, Box<dyn Error>> {
    let servers = NameServers::new()?;
    if plan.servers == 1 {
        servers.edit("                1h NS  ns2\n", "")?;
        servers.edit("                NS    ns2.example\n", "")?;
    }
    let mut config = Config::default();
    if !plan.retries {
        (config.max_tries, config.exchange.total) = (1, config.exchange.first_wait);
    }
    let mut resolver = servers.resolver(config, None, seed)?;
    for host in dead {
        servers.silence(host, DEATH, DEATH + outage)?;
    }
    let before = if plan.cache { NAMES[0] } else { "mail.example.test" };
    servers.ask(&mut resolver, before, RecordType::A)?;
    let mut seen = Vec::new();
    for (moment, name) in MOMENTS.into_iter().zip(NAMES) {
        servers.wait_until(DEATH + moment)?;
        let (begun, name) = (servers.elapsed(), if plan.cache { NAMES[0] } else { name });
        let found = servers.ask(&mut resolver, name, RecordType::A)?;
        let what = found.answer.records().next().map_or("SERVFAIL", |_| "answer");
        seen.push((servers.elapsed() - begun, what.to_owned()));
    }
    Ok(seen)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (dead, outage): (&[&str], _) = match words.join(" ").as_str() {
        "" => (&["ns1"], 2),
        "hour" => (&["ns1"], 3600),
        "both" => (&["ns1", "ns2"], 3600),
        other => return Err(format!("{other} is not known here; try hour or both").into()),
    };
    let moments = MOMENTS.map(|moment| format!("{:>16}", format!("after {} s", moment.as_secs_f64())));
    println!("{:24}{}", "", moments.concat());
    for plan in &PLANS {
        let users = (1..=20).map(|seed| live(plan, dead, Duration::from_secs(outage), seed));
        let users = users.collect::<Result<Vec<_>, _>>()?;
        let slowest = |moment: usize| users.iter().map(|seen| &seen[moment]).max();
        let cells = (0..MOMENTS.len()).filter_map(slowest);
        let cells =
            cells.map(|(took, what)| format!("{:>16}", format!("{what} {:.2} s", took.as_secs_f64())));
        println!("{:24}{}", plan.title, cells.collect::<String>());
    }
    Ok(())
}
