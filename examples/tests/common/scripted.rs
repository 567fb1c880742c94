//! A server on the loopback that does what a test says: it closes, waits, or answers, request by request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Which connection it came on, from 0.
    pub(crate) connection: usize,
    /// Which request of that connection it is, from 0.
    pub(crate) number: usize,
    /// The head, with its line ends.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// The request line without the version.
    pub(crate) fn line(&self) -> &str {
        self.head.split(" HTTP/").next().unwrap_or_default()
    }

    /// The value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split(':').next().is_some_and(|n| n.eq_ignore_ascii_case(name));
        self.head.lines().skip(1).find(named).and_then(|line| line.split_once(':')).map(|(_, v)| v.trim())
    }
}

/// What the server does after a request.
pub(crate) enum Does {
    /// Sends these bytes, and waits for another request.
    Says(String),
    /// Sends these bytes, and closes.
    Ends(String),
    /// Sends these bytes, and resets the connection 50 ms later.
    Resets(String),
    /// Sends nothing, and keeps the connection.
    Hangs,
}

/// A whole answer of this status.
pub(crate) fn answer(status: &str, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The server. It goes away with the test process.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Scripted {
    pub(crate) fn new(script: impl Fn(&Heard) -> Does + Send + Sync + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (keeps, script) = (Arc::clone(&heard), Arc::new(script));
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let (keeps, script) = (Arc::clone(&keeps), Arc::clone(&script));
                let stream = stream.expect("a connection");
                thread::spawn(move || serve(connection, stream, &keeps, &*script));
            }
        });
        Scripted { address, heard }
    }

    /// The URL of a page there.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has come so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("the list").clone()
    }
}

fn serve(connection: usize, stream: TcpStream, heard: &Mutex<Vec<Heard>>, script: &dyn Fn(&Heard) -> Does) {
    let mut to = stream.try_clone().expect("a clone");
    let mut from = BufReader::new(stream);
    for number in 0.. {
        let Some((head, body)) = request(&mut from, &mut to) else { return };
        let one = Heard { connection, number, head, body };
        heard.lock().expect("the list").push(one.clone());
        match script(&one) {
            Does::Says(bytes) => to.write_all(bytes.as_bytes()).expect("a reader"),
            Does::Ends(bytes) => return drop(to.write_all(bytes.as_bytes())),
            Does::Resets(bytes) => {
                to.write_all(bytes.as_bytes()).expect("a reader");
                thread::sleep(Duration::from_millis(50));
                return SockRef::from(&to).set_linger(Some(Duration::ZERO)).expect("an option");
            }
            Does::Hangs => thread::sleep(Duration::from_secs(60)),
        }
    }
}

/// The next request; `None`: the client has closed.
fn request(from: &mut BufReader<TcpStream>, to: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let lower = head.to_lowercase();
    if lower.contains("expect: 100-continue") {
        to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let mut body = Vec::new();
    if let Some(length) = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()) {
        body.resize(length.trim().parse().expect("a length"), 0);
        from.read_exact(&mut body).ok()?;
    } else if lower.contains("transfer-encoding: chunked") {
        loop {
            let mut line = String::new();
            from.read_line(&mut line).ok()?;
            let length = usize::from_str_radix(line.trim(), 16).expect("the length of a chunk");
            let mut piece = vec![0; length + 2];
            from.read_exact(&mut piece).ok()?;
            body.extend(&piece[..length]);
            if length == 0 {
                break;
            }
        }
    }
    Some((head, body))
}
