//! Every scene runs, and what it prints is what it promises.

use barewire::scenes::{SCENES, run};

#[test]
fn every_scene_runs() {
    for scene in &SCENES {
        let run = run(scene, 1).unwrap_or_else(|error| panic!("{}: {error}", scene.name));
        println!("== {}: {}\n{}\n", scene.name, scene.about, scene.drawing);
        for line in &run.report.lines {
            println!("{line}");
        }
        for (node, table) in &run.report.tables {
            println!("{node}: {table}");
        }
        println!(
            "{} frames, {:?}",
            run.capture.frames.len(),
            run.capture.interfaces.iter().map(|i| i.name.as_str()).collect::<Vec<_>>()
        );
    }
}
