//! A server in a process of its own, and what is asked of it.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use barewire_tls13::{
    Client, Config, EarlyData, Event, MemoryStore, PreSharedKey, SessionStore, Summary, TlsStream, Verified,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rcgen::KeyPair;

use crate::common::{Identity, Log};
use crate::port::free_port;

/// How long to wait for what another process does, at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, with a folder of its own; both go when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
    identity: Identity,
    /// How many connections were made: each has a random of its own, by which a key log tells them apart.
    asked: Cell<u64>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a connection came to.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) summary: Summary,
    pub(crate) answer: Vec<u8>,
    /// How many tickets came.
    pub(crate) tickets: usize,
}

impl Asked {
    pub(crate) fn is_resumed(&self) -> bool {
        matches!(self.summary.verified, Verified::InSession(_))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}

/// The words of a command line.
pub(crate) fn words(line: &str) -> Vec<String> {
    line.split_ascii_whitespace().map(str::to_owned).collect()
}

pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n").into_bytes()
}

impl Server {
    /// Starts what `words` makes of port and folder, and waits until it listens.
    pub(crate) fn start(name: &str, words: impl FnOnce(u16, &Path) -> Vec<String>) -> Server {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let identity = Identity::of_key(key, |leaf| leaf.not_after = rcgen::date_time_ymd(2040, 1, 1));
        let folder = std::env::temp_dir().join(format!("barewire-peers-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("cert.pem"), &identity.certificate_pem).unwrap();
        std::fs::write(folder.join("key.pem"), &identity.key_pem).unwrap();
        let port = free_port();
        let words = words(port, &folder);
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = Command::new(&words[0])
            .args(&words[1..])
            .current_dir(&folder)
            .env("SSLKEYLOGFILE", folder.join("keys")) // servers that know it write their secrets there
            .stdin(Stdio::piped()) // some servers end when their input does
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{words:?}: {error}"));
        let server = Server { child, port, folder, identity, asked: Cell::new(0) };
        server.wait(&format!("{words:?} does not listen"), || {
            TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(())
        });
        server
    }

    /// Waits until `look` finds something, which a process may take its time for.
    pub(crate) fn wait<T>(&self, otherwise: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(found) = look() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{otherwise}: {}", self.log());
    }

    /// What the server printed.
    pub(crate) fn log(&self) -> String {
        self.file("log")
    }

    /// The text of a file in the server's folder; empty if it is not there.
    pub(crate) fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// The settings of a client that knows the server's authority, with the store's newest session.
    pub(crate) fn config(&self, store: &mut MemoryStore) -> Config {
        let mut config = self.identity.client();
        config.wall_clock = SystemTime::now();
        config.pre_shared_key =
            store.take(&config.wanted()).map(|session| PreSharedKey::Session(Box::new(session)));
        config
    }

    pub(crate) fn client(&self, config: Config) -> Client {
        self.asked.set(self.asked.get() + 1);
        Client::new(Instant::now(), config, &mut ChaCha8Rng::seed_from_u64(self.asked.get())).unwrap()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    /// One connection, from the store's newest session if there is one. Tickets go into the store.
    pub(crate) fn ask(&self, store: &mut MemoryStore, request: &[u8]) -> Asked {
        self.ask_with(store, request, |_| ())
    }

    /// The same with the request as early data.
    pub(crate) fn ask_early(&self, store: &mut MemoryStore, request: &[u8]) -> Asked {
        self.ask_with(store, request, |config| config.replayable_early_data = true)
    }

    /// The same with settings that `change` changed.
    pub(crate) fn ask_with(
        &self,
        store: &mut MemoryStore,
        request: &[u8],
        change: impl FnOnce(&mut Config),
    ) -> Asked {
        let ours = Log::default();
        let mut config = self.config(store);
        config.key_log = Some(Box::new(ours.clone()));
        change(&mut config);
        let early = config.replayable_early_data;
        let mut client = self.client(config);
        if early {
            assert_eq!(client.write_early_replayable(request), Ok(request.len()));
        }
        let mut stream = TlsStream::connect(self.connect(), client)
            .unwrap_or_else(|error| panic!("{error}: {}", self.log()));
        let summary = stream.summary().clone();
        if summary.early_data != EarlyData::Accepted {
            stream.write_all(request).unwrap();
        }
        // A server that was asked nothing waits for our goodbye.
        if !request.starts_with(b"GET") {
            stream.close().unwrap();
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer); // not every server says goodbye
        let mut tickets = 0;
        while let Some(event) = stream.client_mut().event() {
            if let Event::Ticket(session) = event {
                store.insert(*session);
                tickets += 1;
            }
        }
        self.compare_key_logs(&ours.lines(), summary.early_data == EarlyData::Accepted);
        Asked { summary, answer, tickets }
    }

    /// The secrets that the server logged for this connection are those that we logged. Not every server logs those of
    /// exporters. Secrets of early data count only if it was taken: GnuTLS logs some for every connection.
    fn compare_key_logs(&self, ours: &[String], early: bool) {
        if !self.folder.join("keys").exists() {
            return;
        }
        let random = ours[0].split(' ').nth(1).unwrap();
        let counts = |line: &&str| line.contains(random) && (early || !line.contains("EARLY"));
        let ours: Vec<&str> = ours.iter().map(String::as_str).filter(counts).collect();
        let traffic: Vec<&&str> = ours.iter().filter(|line| line.contains("TRAFFIC_SECRET")).collect();
        let theirs = self.wait(&format!("its key log has not all of {traffic:?}"), || {
            let keys = self.file("keys");
            // The last line may be written just now.
            let whole = keys.rsplit_once('\n').map_or("", |(lines, _)| lines);
            let theirs: Vec<String> = whole.lines().filter(counts).map(str::to_owned).collect();
            traffic.iter().all(|ours| theirs.iter().any(|line| line == **ours)).then_some(theirs)
        });
        assert!(theirs.iter().all(|line| ours.contains(&line.as_str())), "{theirs:?} are not {ours:?}");
    }

    /// A full handshake, and twice a session: with `hello_retry`, the server asks for another key share each time.
    pub(crate) fn comes_back(&self, hello_retry: bool) -> MemoryStore {
        let mut store = MemoryStore::default();
        for resumed in [false, true, true] {
            let asked = self.ask(&mut store, &get("/"));
            let (is_resumed, summary) = (asked.is_resumed(), &asked.summary);
            let says = format!("{summary:?}\n{}", self.log());
            assert_eq!((is_resumed, summary.hello_retry), (resumed, hello_retry), "{says}");
            assert!(asked.text().starts_with("HTTP/1."), "{}: {says}", asked.text());
        }
        store
    }
}
