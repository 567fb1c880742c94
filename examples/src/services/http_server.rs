//! The pump TCP + TLS + HTTP: a program that serves an [`App`] on a plain port and on a TLS port.
//!
//! ```text
//!   App           requests ▲ │ steps of answers
//!   HTTP/1.1      ours       │ ▼
//!   TLS 1.3       rustls: the TLS peer of every run is one that we did not write
//!   TCP           ours, of the machine
//! ```
//!
//! Tested in `tests/services.rs` and, with every fetch from the toy internet, in `tests/offline.rs`.

mod connection;
mod layer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use barewire_tcp::{Error, Event, Handle};
use rustls::ServerConfig;

use super::app::{App, Say};
use super::program::{Arrived, Program, Sockets};
use connection::Connection;
use layer::Layer;

/// How many connections may be half open at once on a port, unless the caller says so.
const BACKLOG: usize = 128;

/// A web server: an app, and a connection for each client.
pub struct HttpServer<A> {
    app: A,
    /// The port for http, and the one for https with its configuration.
    plain: Option<u16>,
    tls: Option<(u16, Arc<ServerConfig>)>,
    backlog: usize,
    connections: BTreeMap<Handle, Connection>,
    /// The connections at which something happened in this turn.
    awake: BTreeSet<Handle>,
}

impl<A: App> HttpServer<A> {
    /// A server that listens nowhere yet.
    pub fn new(app: A) -> HttpServer<A> {
        let (connections, awake) = (BTreeMap::new(), BTreeSet::new());
        HttpServer { app, plain: None, tls: None, backlog: BACKLOG, connections, awake }
    }

    /// The same server, with room for so many half-open connections on a port.
    pub fn with_backlog(self, backlog: usize) -> HttpServer<A> {
        HttpServer { backlog, ..self }
    }

    /// The same server, which also serves http on `port`.
    pub fn http(self, port: u16) -> HttpServer<A> {
        HttpServer { plain: Some(port), ..self }
    }

    /// The same server, which also serves https on `port`.
    pub fn https(self, port: u16, config: ServerConfig) -> HttpServer<A> {
        HttpServer { tls: Some((port, Arc::new(config))), ..self }
    }

    fn accept(&mut self, sockets: &Sockets, port: u16, handle: Handle) {
        let layer = match &self.tls {
            Some((tls_port, config)) if *tls_port == port => Layer::tls(config),
            _ if self.plain == Some(port) => Some(Layer::Plain),
            _ => None,
        };
        let client = sockets.tcp.ends(handle).map(|(_, remote)| remote);
        if let (Some(layer), Some(client)) = (layer, client) {
            self.connections.insert(handle, Connection::new(handle, client, layer));
            self.awake.insert(handle);
        }
    }

    /// Hands the app the requests that have arrived.
    fn ask(&mut self, now: Instant, sockets: &mut Sockets, awake: &BTreeSet<Handle>) {
        for handle in awake {
            let Some(connection) = self.connections.get_mut(handle) else { continue };
            while let Some((id, request)) = connection.receive(now, &mut sockets.tcp) {
                self.app.request(now, sockets, id, request);
            }
        }
    }

    /// Hands the connections what the app says.
    fn answer(&mut self, now: Instant, sockets: &mut Sockets, awake: &mut BTreeSet<Handle>) {
        while let Some((id, say)) = self.app.say(now) {
            let Some(connection) = self.connections.get_mut(&id.connection) else { continue };
            let ends = matches!(say, Say::End | Say::EndWith(_));
            connection.say(now, &mut sockets.tcp, id, say);
            awake.insert(id.connection);
            // After an answer the next request may be there already.
            if ends {
                self.awake.insert(id.connection);
            }
        }
    }

    fn forget(&mut self, now: Instant, sockets: &mut Sockets, handle: Handle) {
        if let Some(connection) = self.connections.remove(&handle)
            && let Some(id) = connection.waits_for()
        {
            self.app.gone(now, sockets, id);
        }
    }
}

impl<A: App> Program for HttpServer<A> {
    fn start(&mut self, sockets: &mut Sockets) -> Result<(), Error> {
        let ports = self.plain.into_iter().chain(self.tls.as_ref().map(|(port, _)| *port));
        // A page may be asked for twice, so the SYN of a client that has a cookie may bring the request (RFC 7413
        // §6.3.1).
        let config = barewire_tcp::Config { fast_open: true, ..*sockets.tcp.config() };
        ports.into_iter().try_for_each(|port| sockets.tcp.listen_with(port, self.backlog, config))
    }

    fn tcp(&mut self, now: Instant, sockets: &mut Sockets, event: &Event) {
        match event {
            Event::Accepted { port, handle } => self.accept(sockets, *port, *handle),
            Event::Reset(handle) | Event::TimedOut(handle) | Event::Closed(handle) => {
                self.forget(now, sockets, *handle);
            }
            Event::Readable(handle) | Event::Writable(handle) | Event::PeerClosed(handle) => {
                self.awake.insert(*handle);
            }
            _ => {}
        }
        self.app.tcp(now, sockets, event);
    }

    fn datagram(&mut self, now: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        self.app.datagram(now, sockets, datagram)
    }

    /// Requests to the app, answers to the connections, until nothing more happens.
    fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        loop {
            let mut awake = std::mem::take(&mut self.awake);
            self.ask(now, sockets, &awake);
            self.app.turn(now, sockets);
            self.answer(now, sockets, &mut awake);
            for handle in awake {
                if let Some(connection) = self.connections.get_mut(&handle) {
                    connection.transmit(now, &mut sockets.tcp);
                }
            }
            if self.awake.is_empty() {
                return;
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.app.deadline()
    }
}
