//! The settings of a client: what it offers, and whom it trusts. Tested in `tests/certificates.rs`.

use std::fmt;
use std::time::SystemTime;

use rustls_pki_types::ServerName;

use crate::error::Error;
use crate::group::Group;
use crate::key_log::KeyLog;
use crate::ledger::SharedLedger;
use crate::pre_shared_key::PreSharedKey;
use crate::session::Wanted;
use crate::signature::SignatureScheme;
use crate::suite::Suite;
use crate::verify::Trust;

/// What to offer, which server to expect, and whom to trust about it.
pub struct Config {
    /// The server's DNS name or IP address: sent as server_name (DNS names only), and looked for in the certificate.
    pub server_name: String,
    /// Application protocols, the preferred one first: `b"http/1.1".to_vec()`. Empty: no ALPN.
    pub alpn: Vec<Vec<u8>>,
    /// Groups, the preferred one first. A server that takes none with a key share costs a HelloRetryRequest.
    pub groups: Vec<Group>,
    /// The groups that a key share is sent for, in the order of `groups`. Each costs its bytes and the time to make a
    /// key. Empty: for the first group.
    pub key_shares: Vec<Group>,
    /// Suites, the preferred one first.
    pub suites: Vec<Suite>,
    /// How the server may sign the handshake, the preferred scheme first. Certificates may be signed with RSA PKCS #1
    /// v1.5, too.
    pub signature_schemes: Vec<SignatureScheme>,
    /// Which authorities may say who the server is.
    pub trust: Trust,
    /// Whether a certificate with a keyUsage that does not allow signatures is refused (RFC 8446 §4.4.2.2). Some
    /// servers have such certificates, and some clients accept them.
    pub check_key_usage: bool,
    /// The time to compare certificates with.
    pub wall_clock: SystemTime,
    /// Whether the handshake is to look like one of TLS 1.2 to middleboxes on the way (RFC 8446 §D.4): with a session
    /// id and a change_cipher_spec record, which mean nothing. Usually yes.
    pub compatibility_mode: bool,
    /// A key to begin with: a session of an earlier connection, or a key that both sides were given. The server may
    /// decline it, and then shows its certificate.
    pub pre_shared_key: Option<PreSharedKey>,
    /// Whether to offer early data, if the session allows some: see
    /// [`Client::write_early_replayable`](crate::Client::write_early_replayable), and what it says about replays.
    pub replayable_early_data: bool,
    /// Where to write secrets as they appear.
    pub key_log: Option<Box<dyn KeyLog>>,
    /// Where to keep the transcript, and every secret and key; see [`ledger`](crate::ledger). Usually nowhere.
    pub ledger: Option<SharedLedger>,
}

impl Config {
    /// The usual settings: the usual groups, all suites and schemes, Mozilla's trust anchors, no ALPN, no key log, no
    /// ledger.
    pub fn new(server_name: &str, wall_clock: SystemTime) -> Config {
        Config {
            server_name: server_name.to_owned(),
            alpn: Vec::new(),
            groups: Group::USUAL.to_vec(),
            key_shares: Vec::new(),
            suites: Suite::ALL.to_vec(),
            signature_schemes: SignatureScheme::ALL.to_vec(),
            trust: Trust::MozillaRoots,
            check_key_usage: true,
            wall_clock,
            compatibility_mode: true,
            pre_shared_key: None,
            replayable_early_data: false,
            key_log: None,
            ledger: None,
        }
    }

    /// The name without its final dot (RFC 6066 §3), as webpki reads it.
    pub(super) fn name(&self) -> Result<ServerName<'static>, Error> {
        let name = self.server_name.strip_suffix('.').unwrap_or(&self.server_name);
        ServerName::try_from(name.to_owned())
            .map_err(|_| Error::Config(format!("{name:?} is neither a DNS name nor an IP address")))
    }

    /// The name by which sessions of this server are found.
    pub(super) fn session_name(&self) -> String {
        self.server_name.strip_suffix('.').unwrap_or(&self.server_name).to_ascii_lowercase()
    }

    /// What a session has to fit to be offered with these settings: what to ask a
    /// [`SessionStore`](crate::SessionStore) for.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            server_name: self.session_name(),
            alpn: &self.alpn,
            suites: &self.suites,
            trust: self.trust.fingerprint(),
            now: self.wall_clock,
        }
    }

    /// Refuses a key that cannot be offered.
    fn check_pre_shared_key(&self) -> Result<(), Error> {
        match &self.pre_shared_key {
            None => Ok(()),
            Some(PreSharedKey::Session(session)) => session
                .fits(&self.wanted())
                .map_err(|unfit| Error::Config(format!("the session cannot be offered: {unfit}"))),
            Some(PreSharedKey::External(external)) => {
                let hash = external.suite.hash();
                let fits = self.suites.iter().any(|suite| suite.hash() == hash);
                if fits && !external.key.is_empty() && (1..=4096).contains(&external.identity.len()) {
                    return Ok(());
                }
                let says =
                    "a pre-shared key takes a name of 1 to 4096 bytes, a key, and a suite with its hash";
                Err(Error::Config(says.to_owned()))
            }
        }
    }

    /// Refuses settings that cannot be offered. Gives the groups that a key share is sent for.
    pub(super) fn check(&self) -> Result<Vec<Group>, Error> {
        check_offer("cipher suites", &self.suites)?;
        check_offer("groups", &self.groups)?;
        check_offer("signature schemes", &self.signature_schemes)?;
        if self.alpn.iter().any(|name| name.is_empty() || name.len() > 255)
            || self.alpn.iter().map(|name| name.len() + 1).sum::<usize>() > 4096
        {
            return Err(Error::Config(
                "an ALPN name takes 1 to 255 bytes (RFC 7301 §3.1), all of them 4096".to_owned(),
            ));
        }
        self.check_pre_shared_key()?;
        self.shared_groups()
    }
}

impl Config {
    /// RFC 8446 §4.2.8: shares only for groups that are offered, in the same order, and none twice.
    fn shared_groups(&self) -> Result<Vec<Group>, Error> {
        if self.key_shares.is_empty() {
            return Ok(self.groups.first().copied().into_iter().collect());
        }
        let mut offered = self.groups.iter();
        if self.key_shares.iter().all(|group| offered.any(|offered| offered == group)) {
            return Ok(self.key_shares.clone());
        }
        let says = "key_shares names a group twice, or one that groups does not have, or has another order";
        Err(Error::Config(says.to_owned()))
    }
}

/// A list is offered in the order of preference, so it has to have something in it, and nothing twice.
fn check_offer<T: PartialEq>(what: &str, list: &[T]) -> Result<(), Error> {
    if list.is_empty() {
        return Err(Error::Config(format!("no {what} are offered: the server has to choose one")));
    }
    match (1..list.len()).find(|&at| list[..at].contains(&list[at])) {
        Some(at) => Err(Error::Config(format!("of the {what}, number {} has been offered before", at + 1))),
        None => Ok(()),
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Config({:?}, {:?}, {:?})", self.server_name, self.groups, self.suites)
    }
}
