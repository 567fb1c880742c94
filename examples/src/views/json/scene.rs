//! A scene for programs: the journeys of packets, and the trees of waits.

use barewire_dissect::printable;
use barewire_packet::link::Way;
use serde_json::{Value, json};

use super::milliseconds;
use crate::story::{Doing, End, Journey, Scene, Span, Stop};

/// The way of a packet, which each of its rows bears.
pub fn journey(scene: &Scene, number: usize, journey: &Journey) -> Value {
    let stop = |stop: &Stop| {
        json!({
            "at": scene.points.get(stop.point).map(|point| printable(&point.name)),
            "frame": stop.frame,
            "sent": stop.way == Way::Sent,
            "ms": milliseconds(stop.time),
        })
    };
    json!({
        "number": number,
        "stops": journey.stops.iter().map(stop).collect::<Vec<_>>(),
        "end": match &journey.end {
            End::Arrived => json!({ "kind": "arrived" }),
            End::Beyond => json!({ "kind": "beyond" }),
            End::Missing => json!({ "kind": "missing" }),
            End::Lost { place, note, frame, time } => json!({
                "kind": "lost",
                "place": printable(place),
                "says": printable(note),
                "frame": frame,
                "ms": milliseconds(*time),
            }),
        },
        "to": journey.destination.as_deref().map(printable),
    })
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
        "host": host.as_deref().map(printable),
        "name": name.as_deref().map(printable),
        "start_ms": milliseconds(wait.start),
        "ms": milliseconds(wait.took()),
        "ended": wait.ended,
        "parts": wait.parts.iter().map(span).collect::<Vec<_>>(),
    })
}
