//! The offer and the answer: ClientHello (RFC 8446 §4.1.2), ServerHello (§4.1.3), HelloRetryRequest (§4.1.4).
//! Tested in `tests/loopback.rs` and `tests/hostile.rs`.

use super::state::{Handshake, Hello, Offer, Offered, State};
use super::{Client, Event};
use crate::alert::AlertDescription;
use crate::epoch::Epoch;
use crate::error::{Error, ProtocolVersion};
use crate::extensions::{EARLY_DATA, Extension, OfferedPsks, Place};
use crate::group::{Group, group_name};
use crate::handshake::{ClientHello, ServerHello};
use crate::key_log::{CLIENT_HANDSHAKE, SERVER_HANDSHAKE, key_log_line};
use crate::key_schedule::{EarlySecret, Secret};
use crate::key_share::KeyShares;
use crate::ledger::Name;
use crate::record::{LEGACY_VERSION, TLS13};
use crate::signature::IN_CERTIFICATES_ONLY;
use crate::suite::{Suite, suite_name};
use crate::transcript::Transcript;
use rustls_pki_types::ServerName;

/// SSL 3.0 as a version number.
const SSL3: u16 = 0x0300;

impl Client {
    /// The ClientHello. The second one, after a HelloRetryRequest, has other key shares, and the cookie if there was
    /// one. `before` holds the messages before it.
    pub(super) fn client_hello(
        &self,
        shares: &KeyShares,
        psk: Option<&Offered>,
        cookie: Option<&[u8]>,
        before: Option<&Transcript>,
    ) -> Hello {
        let mut extensions = Vec::new();
        if let ServerName::DnsName(name) = &self.name {
            extensions.push(Extension::ServerName(Some(name.as_ref().as_bytes())));
        }
        extensions
            .push(Extension::SupportedGroups(self.config.groups.iter().map(|group| group.id()).collect()));
        let schemes = self.config.signature_schemes.iter().map(|scheme| scheme.id());
        let schemes = schemes.chain(IN_CERTIFICATES_ONLY);
        extensions.push(Extension::SignatureAlgorithms(schemes.collect()));
        if !self.config.alpn.is_empty() {
            extensions.push(Extension::Alpn(self.config.alpn.iter().map(Vec::as_slice).collect()));
        }
        extensions.push(Extension::SupportedVersions(vec![TLS13]));
        if let Some(cookie) = cookie {
            extensions.push(Extension::Cookie(cookie));
        }
        // psk_dhe_ke. A server sends tickets only to a client that names a mode (RFC 8446 §4.2.9).
        extensions.push(Extension::PskKeyExchangeModes(vec![1]));
        extensions.push(Extension::KeyShares(shares.entries()));
        let binder = vec![0; psk.map_or(0, |psk| psk.early.suite.hash().len())];
        if psk.is_some_and(|psk| psk.early_data) {
            extensions.push(Extension::Other { id: EARLY_DATA, data: &[] });
        }
        if let Some(psk) = psk {
            let identities = vec![psk.key.identity(self.wall_clock())];
            extensions.push(Extension::PreSharedKeys(OfferedPsks { identities, binders: vec![&binder] }));
        }
        let offers = extensions.iter().map(Extension::id).collect();
        let hello = ClientHello {
            legacy_version: LEGACY_VERSION,
            random: self.random,
            legacy_session_id: &self.session_id,
            cipher_suites: self.config.suites.iter().map(|suite| suite.id()).collect(),
            legacy_compression_methods: &[0],
            extensions,
        };
        let mut bytes = hello.to_bytes();
        if let Some(psk) = psk {
            psk.key.bind(&psk.early, before, &mut bytes);
        }
        Hello { bytes, offers }
    }

    /// The checks that ServerHello and HelloRetryRequest share, in the order of RFC 8446 §4.1.3.
    fn check_hello(&self, hello: &ServerHello<'_>) -> Result<Suite, Error> {
        if hello.legacy_version == SSL3 {
            let says = "legacy_version is 0x0300, which is SSL 3.0: it must not be used";
            return Err(Error::violation(AlertDescription::PROTOCOL_VERSION, "RFC 8446 §D.5", says));
        }
        let selected =
            hello.extensions.iter().any(|extension| matches!(extension, Extension::SelectedVersion(_)));
        if !selected && hello.is_retry() {
            // Older versions have no HelloRetryRequest, so this is not a server of TLS 1.2.
            let says = "the HelloRetryRequest has no supported_versions";
            return Err(Error::violation(AlertDescription::MISSING_EXTENSION, "RFC 8446 §4.1.4", says));
        }
        // exercise: tls09
        // instead: Suite::from_id(hello.cipher_suite).ok_or(Error::illegal("RFC 8446 §4.1.3", "an unknown suite"))
        if !selected {
            let (offered, downgrade_mark) = (Some(hello.legacy_version), hello.has_downgrade_mark());
            return Err(Error::ProtocolVersion(ProtocolVersion { offered, downgrade_mark, offset: 0 }));
        }
        if hello.version() != TLS13 {
            let says =
                format!("supported_versions selects {:#06x}, only 0x0304 was offered", hello.version());
            return Err(Error::illegal("RFC 8446 §4.2.1", says));
        }
        if hello.legacy_version != LEGACY_VERSION {
            let says = format!("legacy_version is {:#06x}, it has to be 0x0303", hello.legacy_version);
            return Err(Error::illegal("RFC 8446 §4.1.3", says));
        }
        if hello.legacy_session_id_echo != self.session_id {
            return Err(Error::illegal("RFC 8446 §4.1.3", "legacy_session_id_echo is not what we sent"));
        }
        let suite = Suite::from_id(hello.cipher_suite).filter(|suite| self.config.suites.contains(suite));
        let Some(suite) = suite else {
            let says = format!("the server chose {}, which was not offered", suite_name(hello.cipher_suite));
            return Err(Error::illegal("RFC 8446 §4.1.3", says));
        };
        if hello.legacy_compression_method != 0 {
            return Err(Error::illegal("RFC 8446 §4.1.3", "legacy_compression_method is not 0"));
        }
        Ok(suite)
        // exercise: end
    }

    /// WAIT_SH, a HelloRetryRequest: offer again, with the key share it wants.
    pub(super) fn on_hello_retry_request(
        &mut self,
        offer: Offer,
        hello: &ServerHello<'_>,
        message: &[u8],
    ) -> Result<State, Error> {
        const RULE: &str = "RFC 8446 §4.1.4";
        if offer.retry.is_some() {
            return Err(Error::unexpected(RULE, "a second HelloRetryRequest"));
        }
        let suite = self.check_hello(hello)?;
        self.check_extensions(&hello.extensions, Place::HelloRetryRequest)?;
        let group = match hello.retry_group() {
            Some(id) => Some(self.retry_group(id, &offer.shares)?),
            None if hello.cookie().is_some() => None,
            None => return Err(Error::illegal(RULE, "a HelloRetryRequest that asks for no change")),
        };
        let mut transcript = Transcript::after_retry(suite.hash(), &offer.client_hello, message);
        let shares = match group {
            Some(group) => KeyShares::generate(&[group])?,
            None => offer.shares,
        };
        // RFC 8446 §4.1.4: the second ClientHello offers no early data, and it goes out in the clear.
        let psk = offer.psk.map(|psk| Offered { early_data: false, ..psk });
        self.check_cookie(hello.cookie(), &shares, psk.as_ref())?;
        let before = psk.as_ref().map(|psk| psk.after_retry(&offer.client_hello, message));
        let second = self.client_hello(&shares, psk.as_ref(), hello.cookie(), before.as_ref());
        self.note(|ledger| ledger.retry(&offer.client_hello, message, &transcript));
        transcript.add(&second.bytes);
        self.note(|ledger| ledger.message(&second.bytes, &transcript));
        self.require_message_end()?;
        self.send_keys = None;
        self.send_change_cipher_spec();
        let client_hello = self.send_client_hello(second, LEGACY_VERSION);
        self.tell(Event::HelloRetry { group });
        self.refuse_early_data();
        let retry = Some((suite, transcript));
        Ok(State::WaitServerHello(Box::new(Offer { shares, psk, client_hello, retry })))
    }

    /// Refuses a cookie that is too long to be sent back. All extensions together take at most 65,535 bytes (RFC 8446
    /// §4.1.2). The rest of the message is counted too, so that the sum stays simple.
    fn check_cookie(
        &self,
        cookie: Option<&[u8]>,
        shares: &KeyShares,
        psk: Option<&Offered>,
    ) -> Result<(), Error> {
        // The extension's type, its length, and the length of the cookie in it.
        const HEADERS: usize = 6;
        let Some(cookie) = cookie else { return Ok(()) };
        let others = self.client_hello(shares, psk, None, None).bytes.len();
        if others + HEADERS + cookie.len() <= usize::from(u16::MAX) {
            return Ok(());
        }
        let says = format!("a cookie of {} bytes is too long to be sent back in a ClientHello", cookie.len());
        Err(Error::illegal("RFC 8446 §4.2.2", says))
    }

    /// The group that a HelloRetryRequest names. It must have been offered, and the server must not have our key for
    /// it yet.
    fn retry_group(&self, id: u16, shares: &KeyShares) -> Result<Group, Error> {
        const RULE: &str = "RFC 8446 §4.2.8";
        let group =
            Group::from_id(id).filter(|group| self.config.groups.contains(group)).ok_or_else(|| {
                Error::illegal(
                    RULE,
                    format!("a HelloRetryRequest for {}, which was not offered", group_name(id)),
                )
            })?;
        if shares.has(group) {
            let says = format!("a HelloRetryRequest for {}, whose key it already has", group.name());
            return Err(Error::illegal(RULE, says));
        }
        Ok(group)
    }

    /// WAIT_SH, a ServerHello: both sides now have the shared secret, and encrypt from here on.
    pub(super) fn on_server_hello(
        &mut self,
        offer: Offer,
        hello: &ServerHello<'_>,
        message: &[u8],
    ) -> Result<State, Error> {
        if offer.retry.is_some() && hello.version() != TLS13 {
            let says = "the HelloRetryRequest chose TLS 1.3, the ServerHello an older version";
            return Err(Error::illegal("RFC 8446 §4.1.4", says));
        }
        let suite = self.check_hello(hello)?;
        self.check_extensions(&hello.extensions, Place::ServerHello)?;
        let psk = self.taken_psk(offer.psk, hello, suite)?;
        let hello_retry = offer.retry.is_some();
        let mut transcript = match offer.retry {
            Some((retried, _)) if retried != suite => {
                let says = format!(
                    "the HelloRetryRequest chose {}, the ServerHello {}",
                    retried.name(),
                    suite.name()
                );
                return Err(Error::illegal("RFC 8446 §4.1.4", says));
            }
            Some((_, transcript)) => transcript,
            None => {
                let transcript = Transcript::new(suite.hash(), &offer.client_hello);
                self.note(|ledger| ledger.message(&offer.client_hello, &transcript));
                transcript
            }
        };
        transcript.add(message);
        self.note(|ledger| ledger.message(message, &transcript));
        let (group, shared) = shared_secret(offer.shares, hello)?;
        let early = match &psk {
            Some(psk) => EarlySecret { suite, early: psk.early.early.clone() },
            None => EarlySecret::without_psk(suite),
        };
        let secrets = early.handshake(shared.bytes(), transcript.current().bytes());
        self.note(|ledger| {
            if let Some(psk) = &psk {
                ledger.secret(Name::Psk, &psk.key.secret());
            }
            ledger.handshake(&early, &shared, &secrets);
        });
        self.log(CLIENT_HANDSHAKE, &secrets.client);
        self.log(SERVER_HANDSHAKE, &secrets.server);
        self.set_receive_keys(suite, &secrets.server, Epoch::Handshake)?;
        match &psk {
            // EncryptedExtensions will say whether the server takes it.
            Some(psk) if psk.early_data => {}
            _ => {
                self.refuse_early_data();
                self.set_send_keys(suite, &secrets.client)?;
            }
        }
        self.handshake_secrets = Some(secrets.clone());
        let handshake = Handshake {
            suite,
            group,
            hello_retry,
            secrets,
            transcript,
            psk: psk.map(|psk| psk.key),
            alpn: None,
            certificate_request: None,
        };
        Ok(State::WaitEncryptedExtensions(Box::new(handshake)))
    }

    /// Writes a secret to the key log, if there is one.
    pub(super) fn log(&mut self, label: &str, secret: &Secret) {
        if let Some(log) = &mut self.config.key_log {
            log.log(&key_log_line(label, &self.random, secret));
        }
    }
}

/// The (EC)DHE secret, from our private key and the server's public one (RFC 8446 §4.2.8).
fn shared_secret(shares: KeyShares, hello: &ServerHello<'_>) -> Result<(Group, Secret), Error> {
    const RULE: &str = "RFC 8446 §4.2.8";
    let Some(entry) = hello.key_share() else {
        let says = "the ServerHello has no key_share, which every mode that was offered needs";
        return Err(Error::violation(AlertDescription::MISSING_EXTENSION, RULE, says));
    };
    let offered = shares.names();
    let Some(share) = shares.take(entry.group) else {
        let says =
            format!("the group of the server's key is {}, and we offered {offered}", group_name(entry.group));
        return Err(Error::illegal(RULE, says));
    };
    let group = share.group();
    match share.agree(entry.key_exchange) {
        Some(shared) => Ok((group, shared)),
        None => Err(Error::illegal(RULE, format!("the server's key is not a valid {} key", group.name()))),
    }
}
