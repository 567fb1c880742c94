//! One page across the toy internet, and what each round trip is for: the picture of the README.

use barewire_dissect::several;

use super::scene::{Report, Scene, get};
use crate::network::{Toy, ToyOptions, toy};
use crate::services::stage::Fault;

pub(super) const SCENE: Scene = Scene {
    name: "first_page",
    about: "one page, and what each round trip is for",
    drawing: "  client ──── core ─┬─ 5 ms ── resolver
                    └─ 25 ms ─ www.example.test",
    set: |stage| toy::first_page(stage, ToyOptions::default()),
    play,
};

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let page = get(toy, "https://www.example.test/")?;
    let mut report = Report::default();
    report.say(format!(
        "{} of page came after one round trip each for DNS, TCP, TLS and HTTP",
        several(page.length, "byte")
    ));
    Ok(report)
}
