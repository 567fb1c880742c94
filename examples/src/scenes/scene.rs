//! What a scene is, what is left of one that was run, and two things that most scenes do. Tested in `tests/scenes.rs`.

use std::error::Error;
use std::io;

use barewire_http1::{Config, Request, client, driver};
use barewire_internet::Table;
use barewire_packet::capture::Capture;
use barewire_tcp::TcpStream;

use crate::failure::Failure;
use crate::fetch::{Job, Page, fetch};
use crate::network::{Toy, toy};
use crate::services::stage::{Fault, Set, Stage};

/// One scene.
pub struct Scene {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// Its topology.
    pub drawing: &'static str,
    /// Sets its stage, which is empty but for what an experiment breaks.
    pub set: fn(Stage) -> Result<Set, Fault>,
    /// What happens on the stage.
    pub play: fn(&mut Toy) -> Result<Report, Fault>,
}

/// A scene that was run.
pub struct Run {
    /// The host that was driven from outside.
    pub seat: String,
    /// What was seen of it.
    pub capture: Capture,
    /// What to look at.
    pub report: Report,
    /// What was to be broken and was not, in sentences.
    pub undone: Vec<String>,
}

/// What to look at after a scene.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Sentences, each with what was measured.
    pub lines: Vec<String>,
    /// Tables that nodes decided by, each under the name of its node.
    pub tables: Vec<(String, Table)>,
}

impl Report {
    /// The report of a scene that could not go on.
    pub(super) fn of_end(fault: &dyn Error) -> Report {
        let line = format!("with what was broken the scene could not go on: {fault}");
        Report { lines: vec![line], ..Report::default() }
    }

    /// Adds a sentence.
    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Adds the routes of a router, as they are now.
    pub(super) fn show_routes(&mut self, toy: &Toy, router: &str) -> Result<(), Fault> {
        // A router's routes are the first of its tables.
        let routes = toy.world().tables(router)?.into_iter().take(1);
        self.tables.extend(routes.map(|table| (router.to_owned(), table)));
        Ok(())
    }

    /// Adds the tables of the boxes in a router, as they are now.
    pub(super) fn show_boxes(&mut self, toy: &Toy, router: &str) -> Result<(), Fault> {
        let tables = toy.world().tables(router)?.into_iter().skip(1);
        self.tables.extend(tables.map(|table| (router.to_owned(), table)));
        Ok(())
    }
}

/// Fetches a page from the seat.
pub(super) fn get(toy: &mut Toy, url: &str) -> Result<Page, Failure> {
    let trust = toy.trust().map_err(|error| toy::failure(error.as_ref()))?;
    fetch(toy, &Job::get(url, trust)?, &mut io::sink())
}

/// One request for the first page of the server at the other end of a connection, which stays open. Gives the status.
pub(super) fn ask(stream: &mut TcpStream, method: &str) -> io::Result<u16> {
    let request = Request::new(method, "www.example.test", "/");
    let mut connection = client::Connection::new(Config::default());
    let answered = driver::exchange(stream, &mut connection, &request, &[]);
    let (response, _, mut body) = answered.map_err(|error| io::Error::other(error.to_string()))?;
    io::copy(&mut body, &mut io::sink())?;
    Ok(response.status)
}
