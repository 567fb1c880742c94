//! The same conversation at both of its ends: the client's, and the one that the server's capture point shows.
//!
//! A NAT gives them other addresses, and each point numbers its own conversations. They belong together because packets
//! of the one arrive as packets of the other.

use std::collections::{BTreeMap, BTreeSet};

use barewire_packet::link::Way;

use super::Scene;
use super::journey::Stop;
use crate::story::row::ConversationId;

/// A conversation at a capture point.
pub(super) type AtPoint = (usize, ConversationId);

/// Which conversations are two views of one.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// From where the client sends to where the server receives.
    pub(super) servers: BTreeMap<AtPoint, AtPoint>,
    /// The conversations that begin at their point: its host is the client.
    pub(super) asked_here: BTreeSet<AtPoint>,
}

impl Links {
    pub(super) fn of(scene: &Scene) -> Links {
        let mut links = Links::default();
        for journey in &scene.journeys {
            let (Some(first), Some(last)) = (journey.stops.first(), journey.stops.last()) else { continue };
            let Some(near) = asked(scene, first).filter(|_| first.way == Way::Sent) else { continue };
            links.asked_here.insert(near);
            if last.way == Way::Received
                && let Some(far) = asked(scene, last)
            {
                links.servers.entry(near).or_insert(far);
            }
        }
        links
    }
}

/// The conversation of a stop, if the packet goes to its server.
fn asked(scene: &Scene, stop: &Stop) -> Option<AtPoint> {
    let story = &scene.points.get(stop.point)?.story;
    let row = scene.row_at(stop).filter(|row| story.is_from_client(row))?;
    Some((stop.point, row.conversation?))
}
