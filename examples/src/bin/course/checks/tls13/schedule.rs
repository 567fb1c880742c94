//! tls06: the third row of the key schedule (RFC 8446 §7.1). HMAC is rustls's; Derive-Secret makes what it makes, so
//! that tls02 need not be solved.

use barewire_tls13::Suite;
use barewire_tls13::key_schedule::{EarlySecret, HandshakeSecrets, Secret, derive_secret, derived};
use rustls::crypto::ring::cipher_suite::{TLS13_AES_128_GCM_SHA256, TLS13_AES_256_GCM_SHA384};

use super::{hmac, secret};
use crate::steps::{Failed, Steps};

const ROW: &str = "RFC 8446 §7.1";

/// tls06: the application's secrets.
pub(crate) fn third_row(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("RFC 8448 §3, SHA-256: its shared secret and the hash of its two hellos make the second row");
    let shared = secret("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    let hellos = secret("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    let through = secret("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");
    let row = EarlySecret::without_psk(Suite::Aes128GcmSha256).handshake(shared.bytes(), hellos.bytes());
    check(steps, &row, &through)?;

    steps.step("the same secrets, but a message before the Finished was another one");
    check(steps, &row, &secret(&"5a".repeat(32)))?;

    steps.step("SHA-384: hashes and secrets have 48 bytes");
    let (hellos, through) = (secret(&"a7".repeat(48)), secret(&"3c".repeat(48)));
    let row = EarlySecret::without_psk(Suite::Aes256GcmSha384).handshake(shared.bytes(), hellos.bytes());
    check(steps, &row, &through)
}

/// Compares the third row with what rustls's HMAC says.
fn check(steps: &mut Steps, row: &HandshakeSecrets, through: &Secret) -> Result<(), Failed> {
    let hash = row.suite.hash();
    let theirs = if hash.len() == 32 { TLS13_AES_128_GCM_SHA256 } else { TLS13_AES_256_GCM_SHA384 };
    let salt = derived(hash, &row.handshake);
    let main = Secret::new(&hmac(theirs, salt.bytes(), &vec![0; hash.len()]));
    let got = row.application(through.bytes());
    steps.equal("main secret", main.bytes().to_vec(), got.main.bytes().to_vec(), ROW)?;
    for (label, got) in
        [("c ap traffic", &got.client), ("s ap traffic", &got.server), ("exp master", &got.exporter)]
    {
        let wanted = derive_secret(hash, &main, label, through.bytes());
        steps.equal(label, wanted.bytes().to_vec(), got.bytes().to_vec(), ROW)?;
    }
    steps.equal("the suite is the same", true, got.suite == row.suite, ROW)
}
