//! `barewire read` on a scene.

use barewire_internet::Wire;
use serde_json::Value;

use crate::common::{Run, TempFolder, barewire};
use crate::{fits, path, proxied, record};

fn lines(run: &Run, kind: &str) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect("JSON");
    run.stdout.lines().map(parse).filter(|object| object["kind"] == kind).collect()
}

fn read(file: &str, more: &[&str]) -> Run {
    barewire(&[&["read", file], more].concat())
}

#[test]
fn the_program_reads_scenes_and_points() {
    let folder = TempFolder::new();
    let file = folder.file("scene.pcapng");
    let capture = record(&proxied(&[(0, "/")], ""), &["client", "proxy", "origin"], 5);
    std::fs::write(&file, capture.write()).expect("a file");

    let run = read(&file, &[]).succeeds();
    assert!(run.stdout.starts_with("3 capture points: --at NAME"), "{run}");
    assert!(run.stdout.contains("  proxy   "), "{run}");
    assert!(run.stdout.contains("client     proxy      origin\n"), "{run}");
    assert!(run.stdout.contains("  client: GET /"), "{run}");
    fits(&run.stdout);

    let run = read(&file, &["--at", "proxy"]).succeeds();
    assert!(run.stdout.starts_with("stream  client → server") && run.stdout.contains("tcp 1"), "{run}");
    let run = read(&file, &["--at", "nobody"]);
    assert_eq!(run.code, Some(2), "{run}");
    let wanted = "no capture point is called \"nobody\"; the file has: client, origin, proxy";
    assert!(run.stderr.contains(wanted), "{run}");
    let run = read(&file, &["--step"]);
    assert!(run.code == Some(2) && run.stderr.contains("--at NAME"), "{run}");

    let run = read(&file, &["--at", "client,origin"]).succeeds();
    assert!(run.stdout.contains("2 capture points") && !run.stdout.contains("  proxy   "), "{run}");
    let run = read(&file, &["--host", "origin"]).succeeds();
    assert!(run.stdout.contains("proxy      origin\n") && !run.stdout.contains("client     proxy"), "{run}");
    let run = read(&file, &["--host", "nobody"]);
    assert!(run.code == Some(2) && run.stderr.contains("client, proxy, origin"), "{run}");
}

#[test]
fn every_frame_of_a_scene_is_accounted_for_and_says_where_it_was_seen() {
    let folder = TempFolder::new();
    let file = folder.file("scene.pcapng");
    let capture = record(&path(Wire::ms(8).loss(0.1), 40_000, 3), &["client", "isp", "server"], 60);
    std::fs::write(&file, capture.write()).expect("a file");
    for more in
        [&[][..], &["--host", "client"], &["--port", "9"], &["--at", "client"], &["--at", "client,server"]]
    {
        let run = read(&file, &[&["--json"], more].concat()).succeeds();
        let tally = &lines(&run, "tally")[0];
        let rows = lines(&run, "row");
        let without = tally["without_row"].as_array().expect("a list");
        let counted: u64 = without.iter().map(|reason| reason["frames"].as_u64().expect("a number")).sum();
        assert_eq!(tally["frames"], rows.len() as u64 + counted, "{more:?} {tally}");
        assert_eq!(tally["frames"], capture.frames.len() as u64, "{more:?} {tally}");
        for row in &rows {
            let frame = &capture.frames[row["frame"].as_u64().expect("a number") as usize - 1];
            let name = capture.interfaces[frame.interface as usize].name.as_str();
            assert!(name.split(" (").next() == row["at"].as_str() || row["at"] == name, "{row}");
            if more != ["--at", "client"] {
                let stops = row["journey"]["stops"].as_array().expect("a list");
                assert!(
                    stops.iter().any(|stop| stop["frame"] == row["frame"] && stop["at"] == row["at"]),
                    "{row}"
                );
            }
        }
    }
    let run = read(&file, &["--json"]).succeeds();
    assert!(lines(&run, "row").iter().any(|row| row["journey"]["end"]["place"] == "home-isp"), "{run}");
    assert_eq!(lines(&run, "wait").len(), 1);
}
