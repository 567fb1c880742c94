//! TTL: a record changes. Who still sees the old one, and until when?
//!
//! www.example.test moves to another address. A resolver keeps an answer for TTL seconds (RFC 1034 §3.6), and asks
//! nobody in that time. So it cannot hear of the move. Nothing spreads through the network: each copy ends when its
//! own TTL is over. An owner who knows of the move before can lower the TTL first, and raise it again later. Copies
//! that were made before that keep the old TTL. So the owner has to lower it at least one old TTL before the move.
//!
//! Each line is a resolver, which its users ask every 20 minutes. A letter is two hours: `o` is the old address, and
//! `N` the new one. The letter is large if the resolver asked a server of the zone in these two hours, and small if
//! it had all answers in its cache. Look at the first large letter after the move in each line.
//!
//! Try: `cargo run --example dns_ttl -- late`: the owner lowers the TTL only 6 hours before the move. For which
//! resolvers is that too late? Then `-- short`: the TTL is 5 minutes at all times. What does that cost the servers?
//!
//! ```text
//!   |-72 h      |-48 h      |-24 h      |move       |24 h
//! TTL 1 day
//!   .OoooooooooooOoooooooooooOooooooooooooNnnnnnnnnnnn
//!   ....OoooooooooooOoooooooooooOoooooooooooNnnnnnnnnn
//!   ......OoooooooooooOoooooooooooOooooooooooooNnnnnnn
//!   .........OoooooooooooOoooooooooooOoooooooooooNnnnn
//!   ...........OoooooooooooOoooooooooooOooooooooooooNn
//!   the last old answer 23 h 40 min after the move; 20 questions to ns1 and ns2
//! 5 minutes from 2 days before the move until 12 hours after it
//!   .OoooooooooooOOOOOOOOOOOOOOOOOOOOOOONNNNNNNnnnnnnn
//!   ....OoooooooooooOOOOOOOOOOOOOOOOOOOONNNNNNNnnnnnnn
//!   ......OoooooooooooOOOOOOOOOOOOOOOOOONNNNNNNnnnnnnn
//!   .........OoooooooooooOOOOOOOOOOOOOOONNNNNNNnnnnnnn
//!   ...........OoooooooooooOOOOOOOOOOOOONNNNNNNnnnnnnn
//!   no old answer after the move; 710 questions to ns1 and ns2
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::name_servers::NameServers;
use barewire_dissect::several;
use barewire_dns::RecordType;
use barewire_dns::resolver::Config;

const OLD: &str = "203.0.113.80";
const NEW: &str = "203.0.113.180";
/// The move, in hours after the beginning.
const MOVE: u64 = 72;
const END: u64 = 100;

/// What stands in the zone from an hour on: the TTL, and the address.
type Version = (u64, &'static str, &'static str);

const NOT_LOWERED: &[Version] = &[(0, "1d", OLD), (MOVE, "1d", NEW)];
const LOWERED: &[Version] =
    &[(0, "1d", OLD), (MOVE - 48, "5m", OLD), (MOVE, "5m", NEW), (MOVE + 12, "1d", NEW)];
const LATE: &[Version] = &[(0, "1d", OLD), (MOVE - 6, "5m", OLD), (MOVE, "5m", NEW), (MOVE + 12, "1d", NEW)];
const SHORT: &[Version] = &[(0, "5m", OLD), (MOVE, "5m", NEW)];

/// What one resolver lives through: a letter for each two hours, how often the servers of the zone were asked, and when
/// the last old answer came after the move.
fn live(plan: &[Version], first: u64) -> Result<(String, u64, Duration), Box<dyn Error>> {
    let servers = NameServers::new()?;
    let mut resolver = servers.resolver(Config::default(), None, first)?;
    let asked = || Ok::<u64, Box<dyn Error>>(servers.asked("ns1")? + servers.asked("ns2")?);
    let (mut line, mut letters) = ("www             A     203.0.113.80".to_owned(), String::new());
    let mut last_old = Duration::ZERO;
    for hours in (0..END).step_by(2) {
        for (_, ttl, address) in plan.iter().filter(|(from, ..)| *from == hours) {
            let edited = format!("www {ttl} A {address}");
            servers.edit(&line, &edited)?;
            line = edited;
        }
        let (before, mut letter) = (asked()?, '.');
        for minutes in (0..120).step_by(20).filter(|minutes| hours + minutes / 60 >= first) {
            servers.wait_until(Duration::from_secs(60 * (60 * hours + minutes)))?;
            let found = servers.ask(&mut resolver, "www.example.test", RecordType::A)?;
            let old = found.answer.records().any(|record| record.data.to_string() == OLD);
            if old {
                last_old = servers.elapsed();
            }
            letter = if old { 'o' } else { 'n' };
        }
        letters.push(if asked()? > before { letter.to_ascii_uppercase() } else { letter });
    }
    Ok((letters, asked()?, last_old.saturating_sub(Duration::from_secs(3600 * MOVE))))
}

/// Draws a plan: a line for each resolver, and the sum.
fn draw(title: &str, plan: &[Version]) -> Result<(), Box<dyn Error>> {
    println!("{title}");
    let (mut asked, mut last) = (0, Duration::ZERO);
    for first in (3..28).step_by(5) {
        let (letters, its_asked, its_last) = live(plan, first)?;
        println!("  {letters}");
        (asked, last) = (asked + its_asked, last.max(its_last));
    }
    let minutes = last.as_secs() / 60;
    let last = format!("the last old answer {} h {:02} min after the move", minutes / 60, minutes % 60);
    let last = if minutes == 0 { "no old answer after the move" } else { &last };
    println!("  {last}; {} to ns1 and ns2", several(asked, "question"));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let plans: &[(&str, &[Version])] = match words.join(" ").as_str() {
        "" => &[
            ("TTL 1 day", NOT_LOWERED),
            ("5 minutes from 2 days before the move until 12 hours after it", LOWERED),
        ],
        "late" => &[("5 minutes from 6 hours before the move until 12 hours after it", LATE)],
        "short" => &[("5 minutes at all times", SHORT)],
        other => return Err(format!("{other} is not known here; try late or short").into()),
    };
    let marks = (0..END).step_by(24).map(|hour| match hour {
        MOVE => "|move".to_owned(),
        hour => format!("|{} h", hour as i64 - MOVE as i64),
    });
    println!("  {}", marks.map(|mark| format!("{mark:12}")).collect::<String>().trim_end());
    plans.iter().try_for_each(|(title, plan)| draw(title, plan))
}
