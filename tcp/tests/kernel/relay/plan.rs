//! What a relay is told to do: words like `delay=20ms` and `right:data:12:drop`.

use std::str::FromStr;
use std::time::Duration;

use barewire_internet::Wire;

use super::rules::Rule;

/// The words, for people.
pub(crate) const HELP: &str = "\
relay LEFT RIGHT [WORD...]     passes frames between two network devices, each way the same:
  delay=20ms                   how long each is under way
  rate=10000000                bits a second; with it queue=65536, the bytes that may wait
  loss=0.01                    how likely a frame is lost; likewise duplicate=0.01, mark=0.1 (ECN: congestion experienced)
  loss-to-right=0.01           only one way; likewise loss-to-left
  reorder=0.02:5ms             how likely one is held back, and by how much
  seed=7                       the same chances again
  for=60s                      when it ends at the latest (600 s). It ends with its standard input, too
  SIDE:KIND:NUMBERS:ACTION     a rule for single frames, such as right:data:12:drop or left:bare:3-5:hold:300ms
     SIDE                      left or right: the side that the frame leaves by
     KIND                      data or bare: TCP with or without payload. They are counted apart, from 1
     ACTION                    drop, twice, mark, hold:TIME
It writes `ready` when it listens, and at the end what became of the frames.";

/// What the relay does.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// What happens by chance and to all, to the right and to the left.
    pub(crate) wires: [Wire; 2],
    /// How likely a frame is marked, 0 to 1.
    pub(crate) mark: f64,
    /// How likely a frame is held back, and for how long.
    pub(crate) reorder: (f64, Duration),
    pub(crate) seed: u64,
    pub(crate) lasts: Duration,
    pub(crate) rules: Vec<Rule>,
}

impl Default for Plan {
    fn default() -> Plan {
        // The devices see to the MTU; a frame has a header besides.
        let wire = Wire::default().mtu(1 << 16);
        Plan {
            wires: [wire.clone(), wire],
            mark: 0.0,
            reorder: (0.0, Duration::ZERO),
            seed: 1,
            lasts: Duration::from_secs(600),
            rules: Vec::new(),
        }
    }
}

impl Plan {
    /// Reads the words of a command line.
    pub(crate) fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Plan, String> {
        let mut plan = Plan::default();
        for word in words {
            plan.take(word).map_err(|why| format!("{word}: {why}"))?;
        }
        Ok(plan)
    }

    fn take(&mut self, word: &str) -> Result<(), String> {
        let Some((name, value)) = word.split_once('=') else {
            self.rules.push(Rule::read(word)?);
            return Ok(());
        };
        let [right, left] = &mut self.wires;
        match name {
            "delay" => (right.delay, left.delay) = (time(value)?, time(value)?),
            "rate" => (right.rate, left.rate) = (Some(number(value)?), Some(number(value)?)),
            "queue" => (right.queue, left.queue) = (number(value)?, number(value)?),
            "loss" => [right, left].into_iter().try_for_each(|wire| lose(wire, value))?,
            "loss-to-right" => lose(right, value)?,
            "loss-to-left" => lose(left, value)?,
            "duplicate" => (right.duplicate, left.duplicate) = (chance(value)?, chance(value)?),
            "mark" => self.mark = chance(value)?,
            "reorder" => {
                let (likely, late) = value.split_once(':').ok_or("wanted like 0.02:5ms")?;
                self.reorder = (chance(likely)?, time(late)?);
            }
            "seed" => self.seed = number(value)?,
            "for" => self.lasts = time(value)?,
            _ => return Err("no such word; see --help".to_owned()),
        }
        Ok(())
    }
}

fn lose(wire: &mut Wire, value: &str) -> Result<(), String> {
    *wire = wire.clone().loss(chance(value)?);
    Ok(())
}

/// `20ms` or `3s`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    if let Some(milliseconds) = text.strip_suffix("ms") {
        return number(milliseconds).map(Duration::from_millis);
    }
    let seconds = text.strip_suffix('s').ok_or_else(|| format!("{text} is not a time like 20ms or 3s"))?;
    number(seconds).map(Duration::from_secs)
}

pub(super) fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number that fits here"))
}

fn chance(text: &str) -> Result<f64, String> {
    let chance: f64 = number(text)?;
    if (0.0..=1.0).contains(&chance) { Ok(chance) } else { Err(format!("{text} is not between 0 and 1")) }
}
