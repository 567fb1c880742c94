//! A handshake message that an observer put together.

use std::fmt;

use super::facts::Facts;
use crate::handshake::HandshakeType;

/// A handshake message. Its `Display` form is the row of a ladder: `ServerHello x25519, AES-128-GCM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its type.
    pub kind: HandshakeType,
    /// All of it, header included.
    pub bytes: Vec<u8>,
    /// What it says.
    pub facts: Facts,
}

impl Message {
    /// Its name, with HelloRetryRequest told apart from ServerHello.
    pub fn name(&self) -> &'static str {
        match &self.facts {
            Facts::ServerHello(choice) if choice.is_retry => "HelloRetryRequest",
            _ => self.kind.name(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let facts = self.facts.to_string();
        if facts.is_empty() { Ok(()) } else { write!(f, " {facts}") }
    }
}
