//! What the two hellos say, as data: the client's offer, and the server's choice.

use std::fmt;

use super::sealed::short;
use crate::extensions::{EARLY_DATA, Extension, PRE_SHARED_KEY};
use crate::group::group_name;
use crate::handshake::{ClientHello, MESSAGE_HEADER, ServerHello};
use crate::record::TLS13;
use crate::suite::short_suite_name;

/// What a ClientHello offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientOffer {
    /// The random, which names the connection in a key log.
    pub random: [u8; 32],
    /// The session to go on with in TLS 1.2, or bytes for middleboxes in TLS 1.3.
    pub session_id: Vec<u8>,
    /// The host name asked for.
    pub server_name: Option<String>,
    /// Application protocols, the preferred one first.
    pub alpn: Vec<Vec<u8>>,
    /// Versions, the preferred one first.
    pub versions: Vec<u16>,
    /// Suites, the preferred one first.
    pub suites: Vec<u16>,
    /// Groups, the preferred one first.
    pub groups: Vec<u16>,
    /// The groups that a key is sent for.
    pub key_shares: Vec<u16>,
    /// Whether it offers to go on with an earlier session (pre_shared_key).
    pub psk: bool,
    /// Whether application data follows at once, under keys from that session.
    pub early_data: bool,
}

/// What a ServerHello chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerChoice {
    /// The version: 0x0304 is TLS 1.3.
    pub version: u16,
    /// The suite.
    pub suite: u16,
    /// The group of the key exchange, where it is named: not in TLS 1.2.
    pub group: Option<u16>,
    /// Whether it is a HelloRetryRequest: the client has to offer again, with a key for `group`.
    pub is_retry: bool,
    /// The application protocol, where a ServerHello says it: in TLS 1.2.
    pub alpn: Option<Vec<u8>>,
    /// The session to go on with, in TLS 1.2.
    pub session_id: Vec<u8>,
    /// Whether the handshake goes on with an earlier session, so that no certificate will come.
    pub resumed: Option<Resumption>,
}

/// By what an earlier session is resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumption {
    /// A pre-shared key: TLS 1.3 (RFC 8446 §2.2).
    Psk,
    /// The session id that the client sent: TLS 1.2 and older, with tickets too (RFC 5077 §3.4).
    SessionId,
}

impl ClientOffer {
    /// What can be told of a ClientHello that cannot be read: its random, after message header and version.
    pub(super) fn of_broken(message: &[u8]) -> Option<ClientOffer> {
        let random = *message.get(MESSAGE_HEADER + 2..)?.first_chunk()?;
        Some(ClientOffer { random, ..ClientOffer::default() })
    }

    pub(super) fn of(hello: &ClientHello<'_>) -> ClientOffer {
        let mut offer = ClientOffer {
            random: hello.random,
            session_id: hello.legacy_session_id.to_vec(),
            server_name: None,
            alpn: Vec::new(),
            versions: vec![hello.legacy_version],
            suites: hello.cipher_suites.clone(),
            groups: Vec::new(),
            key_shares: Vec::new(),
            psk: has(&hello.extensions, PRE_SHARED_KEY),
            early_data: has(&hello.extensions, EARLY_DATA),
        };
        for extension in &hello.extensions {
            match extension {
                Extension::ServerName(Some(name)) => {
                    offer.server_name = Some(String::from_utf8_lossy(name).into_owned());
                }
                Extension::Alpn(names) => offer.alpn = names.iter().map(|name| name.to_vec()).collect(),
                Extension::SupportedVersions(versions) => offer.versions.clone_from(versions),
                Extension::SupportedGroups(groups) => offer.groups.clone_from(groups),
                Extension::KeyShares(entries) => {
                    offer.key_shares = entries.iter().map(|entry| entry.group).collect();
                }
                _ => {}
            }
        }
        offer
    }
}

impl ServerChoice {
    pub(super) fn of(hello: &ServerHello<'_>) -> ServerChoice {
        let psk = hello.version() >= TLS13 && has(&hello.extensions, PRE_SHARED_KEY);
        ServerChoice {
            version: hello.version(),
            suite: hello.cipher_suite,
            group: hello.key_share().map(|entry| entry.group).or_else(|| hello.retry_group()),
            is_retry: hello.is_retry(),
            alpn: first_alpn(&hello.extensions),
            session_id: hello.legacy_session_id_echo.to_vec(),
            resumed: psk.then_some(Resumption::Psk),
        }
    }

    /// Whether it chose TLS 1.2 or older.
    pub fn is_older(&self) -> bool {
        self.version < TLS13
    }
}

pub(super) fn has(extensions: &[Extension<'_>], id: u16) -> bool {
    extensions.iter().any(|extension| extension.id() == id)
}

pub(super) fn first_alpn(extensions: &[Extension<'_>]) -> Option<Vec<u8>> {
    extensions.iter().find_map(|extension| match extension {
        Extension::Alpn(names) => names.first().map(|name| name.to_vec()),
        _ => None,
    })
}

impl fmt::Display for ClientOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups: Vec<String> = self.key_shares.iter().map(|&id| group_name(id)).collect();
        if !groups.is_empty() {
            write!(f, "{}, ", groups.join("+"))?;
        }
        let plural = if self.suites.len() == 1 { "" } else { "s" };
        write!(f, "{} suite{plural}", self.suites.len())?;
        if self.early_data { f.write_str(", early data") } else { Ok(()) }
    }
}

impl fmt::Display for ServerChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_older() {
            write!(f, "{}, ", short(self.version))?;
        }
        if let Some(group) = self.group {
            write!(f, "{}, ", group_name(group))?;
        }
        f.write_str(&short_suite_name(self.suite))?;
        match self.resumed {
            Some(Resumption::Psk) => f.write_str(", resumed (PSK)"),
            Some(Resumption::SessionId) => f.write_str(", resumed (session id)"),
            None => Ok(()),
        }
    }
}
