//! `barewire scenes` and `barewire scene`: the list, and one scene run and drawn.

use std::path::Path;

use super::output::{Printer, complain, print, style, unwritable};
use super::read::{self, Shown};
use super::report::About;
use super::step::{Ended, Keys};
use crate::cli::{ReadArgs, SceneArgs};
use crate::failure::{Failure, Step};
use crate::network::toy;
use crate::scenes::{Report, Run, SCENES, Scene, find, run as perform};
use crate::services::stage::Stage;
use crate::story::{Reading, SceneReader};
use crate::views::{self, Style};

/// Prints the list.
///
/// # Errors
/// [`Failure`]: standard output cannot be written.
pub fn list() -> Result<u8, Failure> {
    let widest = SCENES.iter().map(|scene| scene.name.len()).max().unwrap_or(0);
    for scene in &SCENES {
        print(&format!("  {:widest$}  {}\n", scene.name, scene.about))?;
    }
    print("\nrun one with: barewire scene NAME\n")?;
    Ok(0)
}

/// Runs a scene, and draws it.
///
/// # Errors
/// [`Failure`]: no such scene, or a file that cannot be written.
pub fn run(args: &SceneArgs) -> Result<u8, Failure> {
    let scene = find_scene(&args.name)?;
    let stage = Stage::new(args.seed).broken(args.breaks.breakage());
    let done = perform(scene, stage).map_err(|error| toy::failure(error.as_ref()))?;
    let (as_read, reading) = reading(args, &done)?;
    if let Some(path) = &args.pcapng {
        let failed = |error| unwritable(&path.display().to_string(), &error);
        std::fs::write(path, done.capture.write()).map_err(failed)?;
    }
    let style = Style {
        lines: if args.verbose { usize::MAX } else { LADDER_LINES },
        frames: args.verbose,
        ..style()
    };
    let title = format!("scene {} (seed {}): {}", scene.name, args.seed, scene.about);
    done.undone.iter().for_each(|why| complain(why));
    let mut printer = Printer::new(&args.files_out);
    printer.print(&format!("{}\n{}\n\n", views::paragraph(&title, 0, style.width), scene.drawing))?;
    let shown = draw(&done, &as_read, reading, Path::new(&args.name), &style, &mut printer)?;
    let look = look_at(&done.report, &style);
    printer.print(&look)?;
    let at = args.at.first().map(String::as_str);
    let about = About { file: scene.name, title: &title, at, look: Some(&look), fetch: Vec::new() };
    args.files_out.write(&shown.reading, &shown.waits, &about, &printer)?;
    Ok(0)
}

/// Lines of the ladder, so that the whole picture keeps within sixty.
const LADDER_LINES: usize = 28;

/// The scene of this name, or the list of names.
pub(crate) fn find_scene(name: &str) -> Result<&'static Scene, Failure> {
    find(name).ok_or_else(|| {
        let names: Vec<&str> = SCENES.iter().map(|scene| scene.name).collect();
        Failure::new(Step::Usage, format!("no scene is called {name:?}; there are {}", names.join(", ")))
    })
}

/// The capture of the scene: of all hosts, or of those that were asked for; and the flags that `read` would have had.
fn reading(args: &SceneArgs, run: &Run) -> Result<(ReadArgs, Reading), Failure> {
    // One packet at a time is a matter of one host.
    let at = if args.step && args.at.is_empty() { vec![run.seat.clone()] } else { args.at.clone() };
    let files_out = args.files_out.clone();
    let as_read =
        ReadArgs { at, verbose: args.verbose, step: args.step, files_out, ..ReadArgs::of(Vec::new()) };
    let reading = SceneReader::read(&run.capture, read::config(&as_read, ""), &as_read.at);
    let reading = reading.map_err(|unknown| Failure::new(Step::Usage, unknown.to_string()))?;
    read::check(&as_read, &reading, Path::new(&args.name))?;
    Ok((as_read, reading))
}

/// What the capture of the scene shows.
fn draw(
    run: &Run,
    as_read: &ReadArgs,
    reading: Reading,
    path: &Path,
    style: &Style,
    printer: &mut Printer,
) -> Result<Shown, Failure> {
    let mut keys = as_read.step.then(Keys::of_stdin);
    if run.capture.frames.is_empty() {
        return Ok(Shown { reading, waits: Vec::new(), ended: Ended::AtTheEnd });
    }
    read::present(as_read, reading, path, style, keys.as_mut(), printer)
}

/// The report, as a block.
fn look_at(report: &Report, style: &Style) -> String {
    let mut out = String::from("\n  what to look at\n");
    for line in &report.lines {
        out.push_str(&views::paragraph(line, 4, style.width));
    }
    for (node, table) in &report.tables {
        out.push('\n');
        let text = format!("{node}: {}", table.text(style.width.saturating_sub(4)));
        out.extend(text.lines().map(|line| format!("    {line}\n")));
    }
    out
}
