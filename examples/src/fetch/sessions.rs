//! Sessions of TLS that fetches share, so that a later connection need not begin anew (RFC 8446 §2.2).
//!
//! As text a session is a line: what it is for, and its bytes in hexadecimal. Lines that start with # and those of
//! sessions that are over are passed over. Tested in `tests/resumed.rs`.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use barewire_tls13::{Config, MemoryStore, PreSharedKey, Session, SessionStore};

/// The first line of the text.
const HEAD: &str = "# Sessions of TLS, written by barewire. Keep them to yourself: they are keys.\n";

/// A store of sessions. Its clones share it.
#[derive(Debug, Clone, Default)]
pub struct Sessions(Arc<Mutex<MemoryStore>>);

impl Sessions {
    /// The sessions of a text, and how many of its lines are not sessions.
    pub fn read(text: &str) -> (Sessions, usize) {
        let (sessions, mut broken) = (Sessions::default(), 0);
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            match line.split_whitespace().last().and_then(unhex).map(|bytes| Session::from_bytes(&bytes)) {
                Some(Ok(session)) => sessions.insert(session),
                _ => broken += 1,
            }
        }
        (sessions, broken)
    }

    /// Whether a text begins as [`Sessions::to_text`] lets it.
    pub fn wrote(text: &str) -> bool {
        text.starts_with(HEAD)
    }

    /// The sessions as text.
    pub fn to_text(&self) -> String {
        let mut text = HEAD.to_owned();
        for session in self.store().sessions() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{} ", session.server_name);
            for byte in session.to_bytes() {
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\n');
        }
        text
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.store().sessions().next().is_none()
    }

    /// Keeps a session.
    pub fn insert(&self, session: Session) {
        self.store().insert(session);
    }

    /// Takes out the newest session that fits these settings. Each is used once.
    pub fn take(&self, config: &Config) -> Option<PreSharedKey> {
        let session = self.store().take(&config.wanted())?;
        Some(PreSharedKey::Session(Box::new(session)))
    }

    fn store(&self) -> MutexGuard<'_, MemoryStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unhex(word: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        word.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
