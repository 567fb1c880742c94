//! http09: answers of 101, to a client that offered something, or nothing.

use std::time::Instant;

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_http1::client::{Connection, Event};
use barewire_http1::{Body, Config, Request};

use crate::steps::{Failed, Steps, unexpected};

const CHOICE: &str = "RFC 9110 §7.8";
const NAMED: &str = "RFC 9110 §15.2.2";

/// What a client that offers these protocols makes of an answer of 101 with these fields.
fn answered(steps: &mut Steps, offers: &str, fields: &str) -> Result<String, Failed> {
    let now = Instant::now();
    let mut request = Request::get("www.example.test", "/chat");
    if !offers.is_empty() {
        request = request.with("Connection", "Upgrade").with("Upgrade", offers);
    }
    let mut client = Connection::new(Config::default());
    client.request(&request, Body::None).map_err(|error| unexpected("the request", &error, CHOICE))?;
    let answer = format!("HTTP/1.1 101 Switching Protocols\r\n{fields}\r\n");
    steps.connect(80);
    steps.send_around(ToServer, &client.transmit(now).unwrap_or_default());
    steps.send(ToClient, answer.as_bytes());
    if client.receive(now, answer.as_bytes()).is_err() {
        return Ok("refused".to_owned());
    }
    let switched = std::iter::from_fn(|| client.event()).any(|event| event == Event::Tunnel);
    Ok(if switched { "switched" } else { "neither switched nor refused" }.to_owned())
}

/// http09: 101.
pub(crate) fn switches(steps: &mut Steps) -> Result<(), Failed> {
    let upgrade = "Connection: upgrade\r\n";
    let answers: [(&str, String, &str, &'static str); 13] = [
        ("websocket", format!("{upgrade}Upgrade: websocket\r\n"), "switched", CHOICE),
        ("websocket", format!("{upgrade}Upgrade: WebSocket\r\n"), "switched", CHOICE),
        ("websocket", "Upgrade: websocket\r\nConnection: x, UPGRADE\r\n".to_owned(), "switched", CHOICE),
        ("websocket, IRC/6.9", format!("{upgrade}Upgrade: IRC/6.9\r\n"), "switched", CHOICE),
        ("a, b, c", format!("{upgrade}Upgrade: c, a\r\n"), "switched", CHOICE),
        ("websocket", format!("{upgrade}Upgrade: h2c\r\n"), "refused", CHOICE),
        ("websocket", format!("{upgrade}Upgrade: websocket2\r\n"), "refused", CHOICE),
        ("IRC/6.9", format!("{upgrade}Upgrade: IRC/6.8\r\n"), "refused", CHOICE),
        ("a, b", format!("{upgrade}Upgrade: a, c\r\n"), "refused", CHOICE),
        ("", format!("{upgrade}Upgrade: websocket\r\n"), "refused", CHOICE),
        ("", String::new(), "refused", CHOICE),
        ("websocket", upgrade.to_owned(), "refused", NAMED),
        ("websocket", "Upgrade: websocket\r\n".to_owned(), "refused", CHOICE),
    ];
    for (offers, fields, wanted, rule) in answers {
        steps.step(format!("a client offers {offers:?}, and gets 101 with {:?}", fields.trim_end()));
        let got = answered(steps, offers, &fields)?;
        steps.equal("the connection is", wanted.to_owned(), got, rule)?;
    }
    Ok(())
}
