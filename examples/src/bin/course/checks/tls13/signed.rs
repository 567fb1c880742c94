//! tls07: the bytes that a server signs (RFC 8446 §4.4.3). A real signature is judged by rustls.

use barewire_tls13::signed_content;
use rustls::SignatureScheme;

use super::hex;
use crate::steps::{Failed, Steps};

const SIGNED: &str = "RFC 8446 §4.4.3";

/// The example of RFC 8446 §4.4.3: 64 spaces, the words, a zero. A hash of 32 bytes of 01 follows.
const BEFORE_THE_HASH: &str = "\
    2020202020202020202020202020202020202020202020202020202020202020\
    2020202020202020202020202020202020202020202020202020202020202020\
    544c5320312e332c207365727665722043657274696669636174655665726966\
    7900";

/// From `tls13/tests/captures/chacha20.pcapng`: the hash of ClientHello to Certificate, the Ed25519 key of the server's
/// certificate, and the signature in its CertificateVerify.
const CAPTURED_HASH: &str = "de606656d83bda791c90e213941d3a3bfc0b7c75531beb406edea2470ac736e9";
const CAPTURED_KEY: &str = "ec442f4493a5784f3b117260d39962c89a70de0a3d110569cb94535998d25477";
const CAPTURED_SIGNATURE: &str = "\
    74f635dd4a3bae4b16adbc736d26466363e66f7ec1ff4ba592f8d3b792c08afc\
    9df4d9fc60ba623972bb9cdea8aa3e7620cdec3b6f38cf2eda86cec1fd9b3501";

/// tls07: what CertificateVerify signs.
pub(crate) fn signed(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("the example of RFC 8446 §4.4.3: the hash of the messages is 32 bytes of 01");
    let wanted = [hex(BEFORE_THE_HASH), vec![1; 32]].concat();
    steps.equal("what is signed", wanted, signed_content(&[1; 32]), SIGNED)?;
    steps.step("the same with SHA-384: 48 bytes of 02");
    let wanted = [hex(BEFORE_THE_HASH), vec![2; 48]].concat();
    steps.equal("what is signed", wanted, signed_content(&[2; 48]), SIGNED)?;
    steps.step(
        "chacha20.pcapng: the server's key, its signature, and the hash of the messages up to Certificate",
    );
    let is_right = rustls_accepts(&signed_content(&hex(CAPTURED_HASH)));
    steps.equal("rustls finds the signature right", true, is_right, SIGNED)?;
    steps.step("one bit of one of those messages was changed on the way: another hash");
    let mut forged = hex(CAPTURED_HASH);
    forged[31] ^= 1;
    let is_right = rustls_accepts(&signed_content(&forged));
    steps.equal("rustls finds the signature right", false, is_right, SIGNED)
}

/// Whether the captured signature is one over these bytes.
fn rustls_accepts(content: &[u8]) -> bool {
    let known = rustls::crypto::ring::default_provider().signature_verification_algorithms.mapping;
    let ed25519 = known.iter().find(|(scheme, _)| *scheme == SignatureScheme::ED25519);
    let algorithm = ed25519.expect("rustls knows Ed25519").1[0];
    algorithm.verify_signature(&hex(CAPTURED_KEY), content, &hex(CAPTURED_SIGNATURE)).is_ok()
}
