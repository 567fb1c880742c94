//! The words of a plan, as a command line has them.

use super::super::rule::Rule;
use super::super::values::{chance, number, rate, time};
use super::{OneWay, Plan};

/// The words, for people.
pub const WORDS: &str = "\
  delay=20ms                how long each frame is under way, one way
  jitter=5ms                up to how much longer it may take
  rate=20mbit               how much passes in a second
  queue=65536               with a rate: the bytes that may wait (262144)
  loss=2%                   how likely a frame is lost
  duplicate=1%              how likely it arrives twice
  reorder=2%:5ms            how likely it is held back, and by how much
  mark=10%                  how likely it is marked (ECN)
  delay-to-left=5ms         one way only; so with each of these, and -to-right
  seed=7                    the same chances again
  for=60s                   when it ends
  right:data:12:drop        a rule for single frames, SIDE:KIND:NUMBERS:ACTION,
  left:bare:3-5:hold:300ms    such as these
    SIDE                    left or right: the side that the frame leaves by
    KIND                    data or bare: TCP with or without payload, each
                            counted from 1, each way
    ACTION                  drop, twice, mark, hold:TIME";

impl Plan {
    /// Reads words such as those of a command line. [`WORDS`] lists them.
    ///
    /// # Errors
    /// The word that makes no sense, and what was wanted.
    pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Plan, String> {
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
        match name {
            "seed" => self.seed = number(value)?,
            "for" => self.lasts = Some(time(value)?),
            _ => match (name.strip_suffix("-to-left"), name.strip_suffix("-to-right")) {
                (Some(name), _) => self.to_left.take(name, value)?,
                (_, Some(name)) => self.to_right.take(name, value)?,
                _ => [&mut self.to_left, &mut self.to_right]
                    .into_iter()
                    .try_for_each(|way| way.take(name, value))?,
            },
        }
        Ok(())
    }
}

impl OneWay {
    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wire = &mut self.wire;
        match name {
            "delay" => wire.delay = time(value)?,
            "jitter" => wire.jitter = time(value)?,
            "rate" => wire.rate = Some(rate(value)?),
            "queue" => wire.queue = number(value)?,
            "loss" => *wire = wire.clone().loss(chance(value)?),
            "duplicate" => wire.duplicate = chance(value)?,
            "mark" => self.mark = chance(value)?,
            "reorder" => {
                let (likely, late) =
                    value.split_once(':').ok_or("wanted a share and a time, such as 2%:5ms")?;
                (self.late, self.late_by) = (chance(likely)?, time(late)?);
            }
            _ => return Err("there is no such word".to_owned()),
        }
        Ok(())
    }
}
