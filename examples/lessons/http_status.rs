//! Status codes: what each answer means for the client's next step.
//!
//! The first digit is the class. It decides alone where a client does not know the code (RFC 9110 §15). Beside some
//! codes stands a field that says what to do next: Location, Retry-After, WWW-Authenticate, Allow. A redirect may
//! change the method (§15.4). After an error of the server it is not known whether the request was done. So a client
//! sends only an idempotent one again by itself (§9.2.2, and the lesson `http_methods`).
//!
//! Try: `cargo run --example http_status -- POST`: the same answers to a POST. Which three of the five redirects make a
//! GET of it, and which other lines change? Then `-- unknown`: five codes that no RFC defines. What does the client do
//! after each of them?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#fetch=https://www.example.test/status/429`: an answer with a status of your choice
//!
//! ```text
//! GET https://www.example.test/orders
//!   103 Early Hints           keep waiting: another answer follows
//!   200 OK                    done
//!   204 No Content            done
//!   206 Partial Content       put the part in its place: bytes 0-99/4000
//!   301 Moved Permanently     GET https://www.example.test/new
//!   302 Found                 GET https://www.example.test/new
//!   303 See Other             GET https://www.example.test/new
//!   307 Temporary Redirect    GET https://www.example.test/new
//!   308 Permanent Redirect    GET https://other.test/
//!   304 Not Modified          use the stored copy; no body comes
//!   401 Unauthorized          ask the user for a password: Basic realm="orders"
//!   404 Not Found             tell the user; the same request fails again
//!   405 Method Not Allowed    tell the user; this target takes GET, HEAD
//!   429 Too Many Requests     ask again in 30 s
//!   500 Internal Server Error maybe ask again, later, and a few times at most
//!   503 Service Unavailable   ask again on Thu, 26 Nov 2026 12:00:00 GMT
//! ```

use std::error::Error;

use barewire::fetch::{Job, Limit, Redirects};
use barewire_dissect::lines;
use barewire_http1::Response;
use barewire_tls13::Trust;

/// Answers that a server gives: the status, and the field that matters.
const KNOWN: [(u16, &str, &str); 16] = [
    (103, "Link", "</style.css>; rel=preload"),
    (200, "Content-Type", "text/html"),
    (204, "ETag", "\"b2\""),
    (206, "Content-Range", "bytes 0-99/4000"),
    (301, "Location", "/new"),
    (302, "Location", "/new"),
    (303, "Location", "/new"),
    (307, "Location", "/new"),
    (308, "Location", "https://other.test/"),
    (304, "ETag", "\"a1\""),
    (401, "WWW-Authenticate", "Basic realm=\"orders\""),
    (404, "Content-Type", "text/html"),
    (405, "Allow", "GET, HEAD"),
    (429, "Retry-After", "30"),
    (500, "Content-Type", "text/html"),
    (503, "Retry-After", "Thu, 26 Nov 2026 12:00:00 GMT"),
];
const UNKNOWN: [(u16, &str, &str); 5] =
    [(199, "X", "x"), (299, "X", "x"), (399, "X", "x"), (499, "X", "x"), (777, "X", "x")];

/// What the client does next.
fn next_step(job: &Job, response: &Response) -> Result<String, Box<dyn Error>> {
    let field = |name: &str| response.headers.get(name).unwrap_or_default().into_owned();
    let idempotent = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(&job.method.as_str());
    if let Some(next) = Redirects::new(Limit::Most(10)).next(job, response)? {
        return Ok(format!("{} {}", next.method, next.url));
    }
    Ok(match (response.status, field("Retry-After").as_str()) {
        (206 | 304, _) if job.method != "GET" => "not an answer to this request".to_owned(),
        (304, _) => "use the stored copy; no body comes".to_owned(),
        (401, _) => format!("ask the user for a password: {}", field("WWW-Authenticate")),
        (405, _) => format!("tell the user; this target takes {}", field("Allow")),
        (206, _) => format!("put the part in its place: {}", field("Content-Range")),
        (100..200, _) => "keep waiting: another answer follows".to_owned(),
        (200..300, _) => "done".to_owned(),
        (300..400, _) => "no way to go on: show what came".to_owned(),
        (429 | 503, seconds) if seconds.parse::<u32>().is_ok() => format!("ask again in {seconds} s"),
        (429 | 503, date) if !date.is_empty() => format!("ask again on {date}"),
        (400..500, _) => "tell the user; the same request fails again".to_owned(),
        // RFC 9110 §15: a code above 599 is not valid, and counts as one of these.
        _ if idempotent => "maybe ask again, later, and a few times at most".to_owned(),
        _ => "tell the user; it may have been done".to_owned(),
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (method, answers) = match words.join(" ").as_str() {
        "" => ("GET", KNOWN.as_slice()),
        "POST" => ("POST", KNOWN.as_slice()),
        "unknown" => ("GET", UNKNOWN.as_slice()),
        other => return Err(format!("{other} is not known here; try POST or unknown").into()),
    };
    let mut job = Job::get("https://www.example.test/orders", Trust::Nothing)?;
    job.method = method.to_owned();
    println!("{method} {}", job.url);
    for (status, name, value) in answers {
        let response = Response::new(*status).with(*name, *value);
        let step = lines(&next_step(&job, &response)?, 52, 52).join(&format!("\n{:28}", ""));
        println!("  {status} {:22}{step}", response.reason);
    }
    Ok(())
}
