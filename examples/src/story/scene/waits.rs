//! Who waits for whom: the budget of a request as a tree, from the captures at the hosts.
//!
//! ```text
//!   client: GET /
//!     TCP
//!     wait                          what the client sees, and what was in it:
//!       client ─▶ proxy               from both captures
//!       at proxy
//!         proxy: GET /                a request of its own, inside the wait: the same again
//!           TCP
//!           wait
//!             proxy ─▶ origin
//!             at origin
//!             origin ─▶ proxy
//!         proxy itself                what is left
//!       proxy ─▶ client
//!     transfer
//! ```

use std::cell::RefCell;
use std::time::Duration;

use super::Scene;
use super::errands::{Errand, Errands, Served};
use super::exchange::Exchange;
use super::links::AtPoint;
use super::span::{Doing, Span};
use crate::story::budget::{Phase, PhaseName};
use crate::story::server_timing::Metric;

/// How deep requests can lie in each other. A loop of proxies ends here.
const DEEPEST: usize = 16;

impl Scene {
    /// The tree of each request that no other request explains, in time: those of the clients.
    pub fn waits(&self) -> Vec<Span> {
        let builder = Builder { scene: self, errands: Errands::of(self) };
        let own = builder.errands.own.iter().filter_map(|index| builder.errands.all.get(*index));
        let mut waits: Vec<Span> = own.map(|errand| builder.errand(errand, 0)).collect();
        waits.sort_by_key(|wait| wait.start);
        waits
    }
}

struct Builder<'a> {
    scene: &'a Scene,
    errands: Errands,
}

impl Builder<'_> {
    fn host(&self, point: usize) -> String {
        self.scene.points.get(point).map_or(String::new(), |point| point.host.clone())
    }

    /// A request with its phases. What no phase explains is the host's own time.
    fn errand(&self, errand: &Errand, depth: usize) -> Span {
        let asked = errand.exchange.and_then(|index| self.errands.exchange(errand.at, index));
        let host = self.host(errand.at.0);
        let mut pieces: Vec<Span> = Vec::new();
        let before = |name| matches!(name, PhaseName::Dns | PhaseName::Tcp | PhaseName::Tls);
        for phase in errand.budget.iter().flat_map(|budget| &budget.phases) {
            if before(phase.name) || asked.is_none() {
                pieces.push(self.phase(errand.at, phase, asked.is_none(), depth));
            }
        }
        pieces.extend(
            asked
                .zip(errand.exchange)
                .into_iter()
                .flat_map(|(asked, index)| self.exchange(errand.at, index, asked, depth)),
        );
        let start = errand.start(asked);
        let end = pieces.iter().map(|piece| piece.end).max().unwrap_or(start);
        let ended = pieces.iter().all(|piece| piece.ended);
        let title = asked.map_or_else(|| self.server(errand.at), |asked| asked.title.clone());
        let whole = Span::new(Doing::Request { host: host.clone(), title }, start, end);
        Span { ended, ..whole }
            .of(pieces, &|from, until| vec![Span::new(Doing::Own(host.clone()), from, until)])
    }

    /// The server's address and port.
    fn server(&self, (point, id): AtPoint) -> String {
        let story = self.scene.points.get(point).map(|point| &point.story);
        let conversation = story.and_then(|story| story.conversations.get(id.0));
        conversation.map_or(String::new(), |one| one.ends[1].to_string())
    }

    /// A phase as the budget of the page has it. A wait whose messages nobody could read is not taken apart.
    fn phase(&self, at: AtPoint, phase: &Phase, sealed: bool, depth: usize) -> Span {
        let Phase { name, start, end, ended, .. } = *phase;
        let span = Span { ended, ..Span::new(Doing::Phase(name), start, end) };
        match name {
            PhaseName::Wait if sealed => {
                let inner = match self.errands.links.servers.get(&at) {
                    Some(far) => Doing::Unread(self.host(far.0)),
                    None => self.unseen(at),
                };
                let inner = Span { ended, ..Span::new(inner, start, end) };
                span.of(vec![inner], &|_, _| Vec::new())
            }
            PhaseName::Dns => self.names(at, span, depth),
            _ => span,
        }
    }

    /// The wait for names: of their questions the last one that was answered in it is taken apart.
    fn names(&self, (point, connection): AtPoint, span: Span, depth: usize) -> Span {
        let story = self.scene.points.get(point).map(|point| &point.story);
        let pages = story.map(|story| story.pages.as_slice()).unwrap_or_default();
        let page = pages.iter().find(|page| page.tcp.contains(&connection));
        let conversations = page.map(|page| page.dns.as_slice()).unwrap_or_default();
        let questions = conversations.iter().flat_map(|id| {
            let at = (point, *id);
            (0..).map_while(move |index| Some((at, index, self.errands.exchange(at, index)?)))
        });
        let last = questions.filter(|(_, _, one)| one.first_byte == Some(span.end)).last();
        let Some((at, index, asked)) = last else { return span };
        let parts = self.hops(at, index, asked, span.end, depth);
        let host = self.host(point);
        span.of(parts, &|from, until| vec![Span::new(Doing::Own(host.clone()), from, until)])
    }

    /// Wait and transfer of an exchange, from the side that asked.
    fn exchange(&self, at: AtPoint, index: usize, asked: &Exchange, depth: usize) -> Vec<Span> {
        let given_up = || self.given_up(at, asked);
        let first = asked.first_byte.unwrap_or_else(given_up);
        let wait = Span::new(Doing::Phase(PhaseName::Wait), asked.request, first);
        let wait = Span { ended: asked.first_byte.is_some(), ..wait };
        let parts = self.hops(at, index, asked, first, depth);
        let mut spans = vec![wait.of(parts, &|_, _| Vec::new())];
        if asked.first_byte.is_some() {
            let last = asked.last_byte.unwrap_or_else(given_up);
            let transfer = Span::new(Doing::Phase(PhaseName::Transfer), first, last);
            spans.push(Span { ended: asked.last_byte.is_some(), ..transfer });
        }
        spans
    }

    /// When an exchange that did not end was given up: with a FIN or a reset, or else when the capture ends.
    fn given_up(&self, at: AtPoint, asked: &Exchange) -> Duration {
        let story = self.scene.points.get(at.0).map(|point| &point.story);
        let last = || story.and_then(|story| story.end.or(story.rows.last().map(|row| row.time)));
        let given_up = self.errands.given_up(at, asked.request).or_else(last);
        given_up.unwrap_or_default().max(asked.request)
    }

    fn unseen(&self, (point, id): AtPoint) -> Doing {
        let story = self.scene.points.get(point).map(|point| &point.story);
        let conversation = story.and_then(|story| story.conversations.get(id.0));
        conversation.map_or(Doing::Unread(String::new()), |one| Doing::Unseen(one.ends[1].ip()))
    }

    /// What was in the wait for an answer, which ended at `until`: the way there, the time at the server, the way back.
    fn hops(&self, at: AtPoint, index: usize, asked: &Exchange, until: Duration, depth: usize) -> Vec<Span> {
        let (start, near) = (asked.request, self.host(at.0));
        let whole =
            |doing| vec![Span { ended: asked.first_byte.is_some(), ..Span::new(doing, start, until) }];
        let Some(&far) = self.errands.links.servers.get(&at) else { return whole(self.unseen(at)) };
        let server = self.host(far.0);
        let way = |from: &str, to: &str| Doing::Way { from: from.to_owned(), to: to.to_owned() };
        let Some(seen) = self.errands.exchange(far, index) else {
            // Either it never arrived, or nobody could read it there.
            let read = self.errands.exchange(far, 0).is_some() || index > 0 || asked.first_byte.is_none();
            return whole(if read { way(&near, &server) } else { Doing::Unread(server) });
        };
        let arrived = seen.request.clamp(start, until);
        let answered = seen.first_byte.unwrap_or(until).clamp(arrived, until);
        let at_server = Span::new(Doing::At(server.clone()), arrived, answered);
        let at_server = Span { ended: seen.first_byte.is_some(), ..at_server };
        let mut spans = vec![
            Span::new(way(&near, &server), start, arrived),
            self.served(at_server, &server, (far, index), depth + 1),
        ];
        let back = Span::new(way(&server, &near), answered, until);
        spans.push(Span { ended: asked.first_byte.is_some(), ..back });
        spans
    }

    /// What a host did while it served a request: what it asked of others, and what is left.
    fn served(&self, span: Span, host: &str, served: Served, depth: usize) -> Span {
        let errands = self.errands.inside(served).filter(|_| depth < DEEPEST);
        let pieces: Vec<Span> = errands.map(|errand| self.errand(errand, depth)).collect();
        let metrics = RefCell::new(self.own_metrics(served));
        let own = |from, until| named(host, from, until, &mut metrics.borrow_mut());
        if !pieces.is_empty() {
            return span.of(pieces, &own);
        }
        let parts = if metrics.borrow().is_empty() { Vec::new() } else { own(span.start, span.end) };
        span.of(parts, &|_, _| Vec::new())
    }

    /// What the host says of its own time: without what it passes on from those that it asked.
    fn own_metrics(&self, served: Served) -> Vec<Metric> {
        let said =
            self.errands.exchange(served.0, served.1).map(|one| one.metrics.as_slice()).unwrap_or_default();
        let asked = self
            .errands
            .inside(served)
            .filter_map(|errand| self.errands.exchange(errand.at, errand.exchange?));
        let passed_on: Vec<&Metric> = asked.flat_map(|one| &one.metrics).collect();
        said.iter().filter(|metric| !passed_on.contains(metric)).cloned().collect()
    }
}

/// Own time of a host, in pieces with the names that it gives them, as long as they last. `metrics` keeps what is left
/// of them.
fn named(host: &str, from: Duration, until: Duration, metrics: &mut Vec<Metric>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = from;
    while at < until
        && let Some((name, left)) = metrics.first_mut()
    {
        let took = (*left).min(until - at);
        let doing = Doing::Named { host: host.to_owned(), name: name.clone() };
        spans.extend((!took.is_zero()).then(|| Span::new(doing, at, at + took)));
        (at, *left) = (at + took, *left - took);
        if left.is_zero() {
            metrics.remove(0);
        }
    }
    if at < until {
        spans.push(Span::new(Doing::Own(host.to_owned()), at, until));
    }
    spans
}
