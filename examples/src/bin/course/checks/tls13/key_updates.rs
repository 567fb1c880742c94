//! tls12: key updates that a server sends, asks for, and answers (RFC 8446 §4.6.3, §7.2).

use barewire_tls13::Error;
use barewire_tls13::handshake::{Finished, KeyUpdate};
use barewire_tls13::key_schedule::verify_data;
use barewire_tls13::record::ContentType;

use super::server::Server;
use crate::steps::{Failed, Steps, unexpected};

const UPDATE: &str = "RFC 8446 §4.6.3";
const NEXT: &str = "RFC 8446 §7.2";
const ONE_ANSWER: &str = "RFC 8446 §4.6.3: one answer to several requests, before the next data";
const ONE_REQUEST: &str = "RFC 9846 §4.7.3: no second request while one is open";

/// A connection over which data goes both ways.
struct Connected {
    server: Server,
}

impl Connected {
    fn new(steps: &mut Steps) -> Result<Connected, Failed> {
        let mut server = Server::before_finished(steps, 1)?;
        let hash = server.transcript.current();
        let value = verify_data(server.transcript.hash(), &server.secrets.server, hash.bytes());
        server
            .says(steps, &Finished { verify_data: value.bytes() }.to_bytes())
            .map_err(|error| unexpected("the server's Finished", &error, "RFC 8446 §4.4.4"))?;
        server.takes_application_keys(steps);
        Ok(Connected { server })
    }

    /// The server sends data, and this is what the client reads.
    fn reads(&mut self, steps: &mut Steps, data: &str, rule: &'static str) -> Result<(), Failed> {
        let sent = self.server.sends_record(steps, ContentType::APPLICATION_DATA, data.as_bytes());
        let got = sent.map_or_else(|error| short(&error), |()| self.server.client_reads());
        steps.equal("the client reads", data.to_owned(), got, rule)
    }

    /// The server sends a KeyUpdate, and takes its next key.
    fn updates(&mut self, steps: &mut Steps, requested: bool) -> Result<(), Failed> {
        let update = KeyUpdate { requested }.to_bytes();
        let sent = self.server.sends_record(steps, ContentType::HANDSHAKE, &update);
        self.server.takes_next_key();
        let got = sent.map_or_else(|error| short(&error), |()| "taken".to_owned());
        steps.equal("the KeyUpdate is", "taken".to_owned(), got, UPDATE)
    }

    /// The client writes data, and this is what arrives.
    fn writes(
        &mut self,
        steps: &mut Steps,
        data: &str,
        wanted: &str,
        rule: &'static str,
    ) -> Result<(), Failed> {
        let written = self.server.client.write(data.as_bytes());
        written.map_err(|error| unexpected("the client writes", &error, UPDATE))?;
        self.says(steps, wanted, rule)
    }

    /// What the client sends by now.
    fn says(&mut self, steps: &mut Steps, wanted: &str, rule: &'static str) -> Result<(), Failed> {
        let got = self.server.client_says(steps);
        steps.equal("the client sends", wanted.to_owned(), got, rule)
    }

    /// The client's user wants its next key, and the server's.
    fn asks(&mut self, steps: &mut Steps, wanted: &str, rule: &'static str) -> Result<(), Failed> {
        let asked = self.server.client.update_keys(true);
        asked.map_err(|error| unexpected("the client updates its key", &error, UPDATE))?;
        self.says(steps, wanted, rule)
    }
}

/// An error in a few words.
fn short(error: &Error) -> String {
    match error {
        Error::Decrypt(_) => "a record that it cannot open".to_owned(),
        other => format!("{other:?}"),
    }
}

/// tls12: the server takes its next key.
pub(crate) fn key_updates(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("a connection: data under the first keys, both ways");
    let mut connected = Connected::new(steps)?;
    connected.reads(steps, "one", NEXT)?;
    connected.writes(steps, "uno", "\"uno\"", NEXT)?;

    steps.step("the server sends KeyUpdate(update_not_requested), and data under its next key");
    connected.updates(steps, false)?;
    connected.reads(steps, "two", NEXT)?;
    steps.step("nobody asked the client, so its key stays");
    connected.writes(steps, "due", "\"due\"", UPDATE)?;

    steps.step("the server asks three times, with data between, while the client has nothing to say");
    for data in ["three", "four", "five"] {
        connected.updates(steps, true)?;
        connected.says(steps, "nothing", ONE_ANSWER)?;
        connected.reads(steps, data, NEXT)?;
    }
    steps.step("now the client writes");
    connected.writes(steps, "tre", "KeyUpdate(update_not_requested), \"tre\"", ONE_ANSWER)?;
    connected.writes(steps, "quattro", "\"quattro\"", ONE_ANSWER)?;

    steps.step("the server asks, and then sends an update without a request: the answer is still owed");
    connected.updates(steps, true)?;
    connected.updates(steps, false)?;
    connected.writes(steps, "cinque", "KeyUpdate(update_not_requested), \"cinque\"", ONE_ANSWER)?;

    steps.step("the client's user wants new keys, twice; the server has not answered in between");
    connected.asks(steps, "KeyUpdate(update_requested)", UPDATE)?;
    connected.asks(steps, "KeyUpdate(update_not_requested)", ONE_REQUEST)?;
    steps.step("the server answers, and the client's user wants new keys again");
    connected.updates(steps, false)?;
    connected.reads(steps, "six", NEXT)?;
    connected.asks(steps, "KeyUpdate(update_requested)", ONE_REQUEST)
}
