//! A scene for programs: rows with their capture points and journeys, and the trees of waits.

use std::collections::HashSet;

use barewire_packet::link::Way;
use serde_json::{Value, json};

use super::{milliseconds, row};
use crate::story::{Doing, End, Journey, Scene, Span, Stop};

/// The rows of all points, in the order of the file. Each says at which point it was seen, and which journey it is part
/// of. A packet that only its wire saw is at no point.
pub fn rows_of_scene(scene: &Scene) -> Vec<Value> {
    let mut rows: Vec<(u64, Value)> = Vec::new();
    for (number, journey) in scene.journeys.iter().enumerate() {
        for stop in &journey.stops {
            let Some((point, seen)) = scene.points.get(stop.point).zip(scene.row_at(stop)) else { continue };
            rows.push((
                stop.frame,
                with_journey(scene, row(&point.story, seen), Some(stop), number, journey),
            ));
        }
        if journey.stops.is_empty()
            && let Some(seen) = scene.row(journey)
        {
            rows.push((journey.frame, with_journey(scene, row(&scene.lost, seen), None, number, journey)));
        }
    }
    let known: HashSet<u64> = rows.iter().map(|(frame, _)| *frame).collect();
    for point in &scene.points {
        // What carries no IP has no journey.
        for other in point.story.rows.iter().filter(|row| !known.contains(&row.frame)) {
            let mut object = row(&point.story, other);
            object["at"] = json!(point.name);
            rows.push((other.frame, object));
        }
    }
    rows.sort_by_key(|(frame, _)| *frame);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn with_journey(scene: &Scene, mut row: Value, at: Option<&Stop>, number: usize, journey: &Journey) -> Value {
    let point = |stop: &Stop| scene.points.get(stop.point).map(|point| point.name.as_str());
    let stop = |stop: &Stop| {
        json!({
            "at": point(stop),
            "frame": stop.frame,
            "sent": stop.way == Way::Sent,
            "ms": milliseconds(stop.time),
        })
    };
    row["at"] = json!(at.and_then(point));
    row["journey"] = json!({
        "number": number,
        "stops": journey.stops.iter().map(stop).collect::<Vec<_>>(),
        "end": match &journey.end {
            End::Arrived => json!({ "kind": "arrived" }),
            End::Beyond => json!({ "kind": "beyond" }),
            End::Missing => json!({ "kind": "missing" }),
            End::Lost { place, note, frame, time } => json!({
                "kind": "lost",
                "place": place,
                "says": note,
                "frame": frame,
                "ms": milliseconds(*time),
            }),
        },
        "to": journey.destination,
    });
    row
}

/// A piece of time with the pieces in it.
pub fn span(wait: &Span) -> Value {
    let (kind, host, name) = match &wait.doing {
        Doing::Request { host, title } => ("request", Some(host.clone()), Some(title.clone())),
        Doing::Phase(name) => ("phase", None, Some(name.name().to_owned())),
        Doing::Way { from, to } => ("way", Some(from.clone()), Some(to.clone())),
        Doing::At(host) => ("at", Some(host.clone()), None),
        Doing::Own(host) => ("own", Some(host.clone()), None),
        Doing::Named { host, name } => ("named", Some(host.clone()), Some(name.clone())),
        Doing::Unseen(address) => ("unseen", None, Some(address.to_string())),
        Doing::Unread(host) => ("unread", Some(host.clone()), None),
    };
    json!({
        "doing": kind,
        "host": host,
        "name": name,
        "start_ms": milliseconds(wait.start),
        "ms": milliseconds(wait.took()),
        "ended": wait.ended,
        "parts": wait.parts.iter().map(span).collect::<Vec<_>>(),
    })
}
