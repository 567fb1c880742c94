//! Spoofing: a forger who cannot see the question guesses what the reply must repeat.
//!
//! A reply is believed if it comes from the server's address to the port of the question, and repeats its ID and its
//! name (RFC 5452 §9.1). Anybody can write the server's address on a packet. So the forger sends replies until the real
//! one is there, each with another guess. The ID has 16 bits. A random port adds nearly as many (RFC 5452 §4.5), and
//! random case in the name (0x20) one bit for each letter. The first table is computed: how many secrets there are, and
//! when the forger has an even chance with 10,000 replies a second. The second one is counted. Nobody could wait for
//! that, so this forger knows more than a real one: all bits but 8 of the ID, 4 of the port, and the case of 4 letters.
//! The victim is the crate's `Exchange`. It gets what comes to its port; the other ports are closed. A reply with the
//! wrong case makes it ask again over TCP, and so do more than 16 other wrong replies: then the forger has lost.
//!
//! Try: `cargo run --example dns_spoof -- more`: 16 guesses in each race, and not 8. What follows for the counts? Then
//! `-- flood`: 200 guesses, so 25 times as many. Which two of the three expected numbers are 25 times as large, and
//! what keeps the other one small?
//!
//! ```text
//! the victim asks with             secrets   an even chance after
//!   fixed port                      65,536   4.5 s
//!   random port              4,227,858,432   3.4 days
//!   random port, 0x20   69,269,232,549,888   152.1 years
//! 4000 races with 8 guesses   secrets  expected  forged  to TCP
//!   fixed port                    256     125.0     136       0
//!   random port                  4096       7.8       5       0
//!   random port, 0x20           65536       0.5       0       5
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_dissect::count;
use barewire_dns::exchange::{Config, Event, Exchange, Protocol, RandomCase};
use barewire_dns::{Class, Message, Name, Question, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const RACES: u32 = 4000;
/// Where the letters stand whose case is guessed: `www`, and the `e` after it.
const LETTERS: [usize; 4] = [13, 14, 15, 17];

/// A way to ask: is the port random, is the case; how many secrets there are, and in which unit to tell the time.
type Victim = (&'static str, bool, bool, u64, (&'static str, f64));

const VICTIMS: [Victim; 3] = [
    ("fixed port", false, false, 1 << 16, ("s", 1.0)),
    ("random port", true, false, (1 << 16) * 64_512, ("days", 86_400.0)),
    ("random port, 0x20", true, true, ((1 << 16) * 64_512) << 14, ("years", 31_557_600.0)),
];

/// What happened to the victim, but for replies that it ignored.
fn news(victim: &mut Exchange) -> Option<Event> {
    std::iter::from_fn(|| victim.event()).find(|event| !matches!(event, Event::Ignored { .. }))
}

/// One question, `guesses` forged replies, and then the real one. Gives 1 and 0 if a forged reply was believed, 0 and 1
/// if the question moved to TCP, and two zeros if the real one was believed.
fn race((_, port, case, ..): Victim, guesses: u32, rng: &mut ChaCha8Rng) -> Result<[u32; 2], Box<dyn Error>> {
    let (now, server): (_, SocketAddr) = (Instant::now(), "203.0.113.53:53".parse()?);
    let name = Name::parse_text("www.example.test").map_err(|refused| refused.to_string())?;
    let question = Question { name, rtype: RecordType::A, class: Class::IN };
    let random_case = if case { RandomCase::On } else { RandomCase::Off };
    let config = Config { random_case, ..Config::default() };
    let mut victim = Exchange::new(now, question, server, config, rng);
    let sent = victim.transmit(now).ok_or("no question")?;
    // What the reply says does not matter here.
    let real = Message::response_to(&Message::parse(&sent.bytes)?).encode()?;
    let first = rng.next_u32();
    for secret in (0..guesses).map(|number| first.wrapping_add(number)) {
        // The lowest bits are those of the port, so that no port gets many guesses, if there are ports to guess.
        let secret = if port { secret } else { secret << 4 };
        let mut forged = real.clone();
        forged[1] = (secret >> 4) as u8;
        for (bit, at) in LETTERS.into_iter().enumerate().filter(|_| case) {
            forged[at] = forged[at] & !0x20 | ((secret >> (12 + bit) & 1) as u8) << 5;
        }
        if !port || secret as u16 & 0xf == sent.source_port & 0xf {
            victim.receive(now, Protocol::Udp, server, &forged);
        }
        match news(&mut victim) {
            Some(Event::Over(_)) => return Ok([1, 0]),
            Some(_) => return Ok([0, 1]),
            None => {}
        }
    }
    victim.receive(now, Protocol::Udp, server, &real);
    if news(&mut victim).is_some() { Ok([0, 0]) } else { Err("the real reply is not believed".into()) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let guesses = match words.join(" ").as_str() {
        "" => 8,
        "more" => 16,
        "flood" => 200,
        other => return Err(format!("{other} is not known here; try more or flood").into()),
    };
    println!("the victim asks with             secrets   an even chance after");
    for (how, .., secrets, (unit, seconds)) in VICTIMS {
        let after = secrets as f64 * 2_f64.ln() / 10_000.0 / seconds;
        println!("  {how:17} {:>20}   {after:.1} {unit}", count(secrets));
    }
    println!("{RACES} races with {guesses} guesses   secrets  expected  forged  to TCP");
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for victim in VICTIMS {
        let (how, port, case, ..) = victim;
        let secrets = 1_u32 << (8 + 4 * u32::from(port) + 4 * u32::from(case));
        // After 16 wrong replies at its port the victim asks over TCP.
        let counted = if port { guesses } else { guesses.min(17) };
        let expected = f64::from(RACES * counted) / f64::from(secrets);
        let (mut forged, mut to_tcp) = (0, 0);
        for _ in 0..RACES {
            let [won, moved] = race(victim, guesses, &mut rng)?;
            (forged, to_tcp) = (forged + won, to_tcp + moved);
        }
        println!("  {how:17} {secrets:>15}  {expected:8.1}  {forged:6}  {to_tcp:6}");
    }
    Ok(())
}
