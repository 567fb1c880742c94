//! What each host asked of others, and on whose behalf: an errand for each request that it sent.
//!
//! An errand that falls into the time in which its host served a request is taken to be part of that. Where it falls
//! into several, the one with the same start line is meant, and of these the one that came last. An errand that falls
//! into none is the host's own: that of a client, or a health check.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Scene;
use super::exchange::{Exchange, exchanges};
use super::links::{AtPoint, Links};
use crate::story::Story;
use crate::story::budget::Budget;
use crate::story::row::ConversationId;
use crate::story::step::Step;

/// Requests that a host serves at once, as far as one of them is looked for.
const MOST_AT_ONCE: usize = 1000;

/// A request that a host sent, with what it took to send it.
pub(super) struct Errand {
    pub(super) at: AtPoint,
    /// Which exchange of the conversation; none where it did not come to a request.
    pub(super) exchange: Option<usize>,
    /// The phases before the first request of a connection.
    pub(super) budget: Option<Budget>,
}

/// Which exchange of which conversation, at the server's end.
pub(super) type Served = (AtPoint, usize);

/// All errands of a scene.
pub(super) struct Errands {
    pub(super) links: Links,
    /// When each end gave up: the moments of a FIN, a reset or an alert in each conversation of each point.
    gives_up: Vec<BTreeMap<ConversationId, Vec<Duration>>>,
    /// The exchanges of each point.
    exchanges: Vec<BTreeMap<ConversationId, Vec<Exchange>>>,
    pub(super) all: Vec<Errand>,
    /// The errands that were done while an exchange was served, as indexes of `all`.
    inside: BTreeMap<Served, Vec<usize>>,
    /// The others.
    pub(super) own: Vec<usize>,
}

impl Errands {
    pub(super) fn of(scene: &Scene) -> Errands {
        let exchanges = scene.points.iter().map(|point| exchanges(&point.story)).collect();
        let gives_up = scene.points.iter().map(|point| gives_up(&point.story)).collect();
        let (all, inside, own) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut errands = Errands { links: Links::of(scene), gives_up, exchanges, all, inside, own };
        for point in 0..scene.points.len() {
            errands.find(scene, point);
        }
        errands.assign(scene);
        errands
    }

    pub(super) fn exchange(&self, (point, conversation): AtPoint, index: usize) -> Option<&Exchange> {
        self.exchanges.get(point)?.get(&conversation)?.get(index)
    }

    /// When a conversation was given up, the first time from `since` on.
    pub(super) fn given_up(&self, (point, conversation): AtPoint, since: Duration) -> Option<Duration> {
        let times = self.gives_up.get(point)?.get(&conversation)?;
        times.iter().find(|time| **time >= since).copied()
    }

    /// The errands that were done while this exchange was served.
    pub(super) fn inside(&self, served: Served) -> impl Iterator<Item = &Errand> {
        self.inside.get(&served).into_iter().flatten().filter_map(|index| self.all.get(*index))
    }

    /// The errands of a point: of each page that its host asked for, a request each.
    fn find(&mut self, scene: &Scene, point: usize) {
        let Some(story) = scene.points.get(point).map(|point| &point.story) else { return };
        for (page, budget) in story.pages.iter().zip(story.budgets()) {
            let conversations = match page.tcp.last() {
                Some(last) => std::slice::from_ref(last),
                None => &page.dns,
            };
            let is_tcp = !page.tcp.is_empty();
            for id in conversations.iter().filter(|id| self.links.asked_here.contains(&(point, **id))) {
                let at = (point, *id);
                let count = self.exchanges[point].get(id).map_or(0, Vec::len);
                let budget = |index| (is_tcp && index == 0).then(|| budget.clone());
                match count {
                    0 if budget(0).is_some_and(|budget| budget.phases.is_empty()) => {}
                    0 => self.all.push(Errand { at, exchange: None, budget: budget(0) }),
                    _ => self.all.extend((0..count).map(|index| Errand {
                        at,
                        exchange: Some(index),
                        budget: budget(index),
                    })),
                }
            }
        }
    }

    /// Finds out on whose behalf each errand was.
    fn assign(&mut self, scene: &Scene) {
        let host = |point: usize| scene.points.get(point).map(|point| point.host.as_str());
        let mut served: BTreeMap<Option<&str>, Vec<Served>> = BTreeMap::new();
        for far in self.links.servers.values() {
            let count = self.exchanges[far.0].get(&far.1).map_or(0, Vec::len);
            served.entry(host(far.0)).or_default().extend((0..count).map(|index| (*far, index)));
        }
        for all in served.values_mut() {
            all.sort_by_key(|served| self.exchange(served.0, served.1).map(|one| one.request));
        }
        for (index, errand) in self.all.iter().enumerate() {
            let candidates = served.get(&host(errand.at.0)).map(Vec::as_slice).unwrap_or_default();
            match self.behalf(errand, candidates) {
                Some(served) => self.inside.entry(served).or_default().push(index),
                None => self.own.push(index),
            }
        }
    }

    fn behalf(&self, errand: &Errand, candidates: &[Served]) -> Option<Served> {
        let asked = errand.exchange.and_then(|index| self.exchange(errand.at, index));
        let time = match (asked, &errand.budget) {
            (Some(asked), _) => asked.request,
            (None, Some(budget)) => budget.begin(),
            (None, None) => return None,
        };
        let get = |served: &Served| self.exchange(served.0, served.1);
        let begun = candidates.partition_point(|served| get(served).is_some_and(|one| one.request <= time));
        let open = candidates[..begun].iter().rev().take(MOST_AT_ONCE).filter(|served| {
            served.0 != errand.at
                && get(served).is_some_and(|one| one.first_byte.is_none_or(|first| time <= first))
        });
        let alike = |served: &&Served| get(served).map(|one| &one.title) == asked.map(|one| &one.title);
        open.clone().find(alike).or(open.clone().next()).copied()
    }
}

impl Errand {
    /// When it began: with the first phase, or with the request.
    pub(super) fn start(&self, asked: Option<&Exchange>) -> Duration {
        let begin = self.budget.as_ref().filter(|budget| !budget.phases.is_empty()).map(Budget::begin);
        begin.or(asked.map(|asked| asked.request)).unwrap_or_default()
    }
}

fn gives_up(story: &Story) -> BTreeMap<ConversationId, Vec<Duration>> {
    let mut all: BTreeMap<ConversationId, Vec<Duration>> = BTreeMap::new();
    for row in story.rows.iter().filter(|row| story.takes(row, Step::GivesUp)) {
        if let Some(id) = row.conversation {
            all.entry(id).or_default().push(row.time);
        }
    }
    all
}
