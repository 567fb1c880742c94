//! `read` of a file that was captured at several hosts at once: the points, the ladder of journeys, the tree of waits.

use std::path::Path;

use crate::cli::{Place, ReadArgs};
use crate::commands::output::Printer;
use crate::failure::{Failure, Step};
use crate::story::{Scene, Selection, Span};
use crate::views::{self, Style};

/// Refuses what belongs to one host, and cannot be shown of several.
pub(super) fn check(args: &ReadArgs, scene: &Scene, path: &Path) -> Result<(), Failure> {
    let names: Vec<&str> = scene.points.iter().map(|point| point.name.as_str()).collect();
    let names = names.join(", ");
    let of_one = [
        (args.borders, "--borders"),
        (args.cwnd, "--cwnd"),
        (args.bytes, "--bytes"),
        (args.step, "--step"),
        (args.follow.is_some(), "--follow"),
        (!args.stream.is_empty(), "--stream"),
        (args.files_out.har.is_some(), "--har"),
    ];
    if let Some((_, flag)) = of_one.iter().find(|(given, _)| *given) {
        let why = format!(
            "{flag} is about one capture point; --at NAME (of `read` and `scene`) chooses one of {names}"
        );
        return Err(Failure::new(Step::Usage, format!("{}: {why}", path.display())));
    }
    Ok(())
}

/// Leaves the packets that were chosen, and gives the tree of waits.
pub(super) fn choose(
    args: &ReadArgs,
    selection: &Selection,
    scene: &mut Scene,
    path: &Path,
) -> Result<Vec<Span>, Failure> {
    // Requests are explained by all journeys, also by those that are not drawn.
    let waits = scene.waits();
    for host in &args.host {
        let Place::Name(host) = host else { continue };
        if !scene.choose_host(host) {
            let why = format!("--host: no host is called {host:?}; the file has {}", scene.hosts.join(", "));
            return Err(Failure::new(Step::Usage, format!("{}: {why}", path.display())));
        }
    }
    scene.choose(selection);
    Ok(waits)
}

/// Draws a scene.
pub(super) fn draw(
    scene: &Scene,
    waits: &[Span],
    style: &Style,
    printer: &mut Printer,
) -> Result<(), Failure> {
    printer.print(&views::points(scene, style))?;
    printer.print(&format!("\n{}", views::scene_ladder(scene, style)))?;
    printer.print(&format!("\nwhere the time went\n{}", views::waits(waits, style)))
}
