//! The order of the hosts: as packets from clients to servers pass them.

use std::collections::BTreeSet;

use super::Scene;
use super::journey::Journey;

/// Puts the hosts of a scene in order. Where paths branch, the host that was seen first comes first.
pub(super) fn in_order(scene: &Scene) -> Vec<String> {
    let mut left: Vec<&str> = Vec::new();
    for point in &scene.points {
        if !left.contains(&point.host.as_str()) {
            left.push(&point.host);
        }
    }
    let mut steps: BTreeSet<(&str, &str)> = BTreeSet::new();
    for journey in &scene.journeys {
        for (near, far) in steps_of(scene, journey) {
            // Two hosts can ask each other: the first step between them counts.
            if !steps.contains(&(far, near)) {
                steps.insert((near, far));
            }
        }
    }
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_first = |host: &&str| !left.iter().any(|other| steps.contains(&(other, host)));
        // In a circle nobody is first.
        let index = left.iter().position(is_first).unwrap_or(0);
        order.push(left.remove(index).to_owned());
    }
    order
}

/// The steps of a journey from host to host, turned so that they lead from the client to the server.
fn steps_of<'a>(scene: &'a Scene, journey: &Journey) -> Vec<(&'a str, &'a str)> {
    let story = scene.story(journey);
    let Some(row) = scene.row(journey).filter(|row| row.conversation.is_some()) else { return Vec::new() };
    let mut hosts: Vec<&str> = Vec::new();
    for stop in &journey.stops {
        let host = scene.points.get(stop.point).map_or("", |point| point.host.as_str());
        if hosts.last() != Some(&host) {
            hosts.push(host);
        }
    }
    if !story.is_from_client(row) {
        hosts.reverse();
    }
    hosts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}
