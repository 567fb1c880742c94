//! The key schedule of TLS 1.3: every key of a connection, from one shared secret and three hashes.
//!
//! The numbers are those of RFC 8448 §3, so what is printed can be compared with the RFC. `■` is an Extract: it mixes a
//! new secret into what came from above. `├▶` is an Expand: its label says what the result is for, and a hash ties it
//! to the messages up to one of them. No arrow leads back: from the key of a record nobody gets the secret above it, or
//! the key of the other direction.
//!
//! Try: `cargo run --example tls_key_schedule -- hello`: the ServerHello came with one bit that the server did not
//! send, so the client's hashes are not the server's. Lines that differ are marked ≠. Which secrets stay as they are,
//! and can the client read the next record? Then `-- certificate`: one bit of the Certificate. Which keys are made too
//! early to notice it? At last `-- shared`: one bit of the (EC)DHE secret.
//!
//! Of a connection with fresh keys, `barewire keys` draws the same with the transcript, and with a command for openssl.
//!
//! ```text
//!   the schedule                           made by                       value
//!   ■ early secret                         Extract: zeros                33ad0a1c…
//!   ├▶ derived                             "derived"                     6f2615a1…
//!   ■ handshake secret                     Extract: (EC)DHE              1dc826e9…
//!   ├▶ client_handshake_traffic_secret     "c hs traffic", ServerHello   b3eddb12…
//!   │  ├▶ key                              "key"                         dbfaa693…
//!   │  ├▶ iv                               "iv"                          5bd3c71b…
//!   ├▶ server_handshake_traffic_secret     "s hs traffic", ServerHello   b67b7d69…
//!   │  ├▶ key                              "key"                         3fce5160…
//!   │  ├▶ iv                               "iv"                          5d313eb2…
//!   ├▶ derived                             "derived"                     43de77e0…
//!   ■ main secret                          Extract: zeros                18df0684…
//!   ├▶ client_application_traffic_secret_0 "c ap traffic", Finished      9e40646c…
//!   │  ├▶ key                              "key"                         17422dda…
//!   │  ├▶ iv                               "iv"                          5b78923d…
//!   ├▶ server_application_traffic_secret_0 "s ap traffic", Finished      a11af9f0…
//!   │  ├▶ key                              "key"                         9f02283b…
//!   │  ├▶ iv                               "iv"                          cf782b88…
//!   ├▶ exporter_secret                     "exp master", Finished        fe22f881…
//!   ├▶ resumption_secret                   "res master", our Finished    7df235f2…
//! ```

use std::error::Error;

use barewire_tls13::Suite;
use barewire_tls13::key_schedule::{EarlySecret, Secret, TrafficKeys, derived};

/// RFC 8448 §3: the (EC)DHE secret, and the transcript up to the ServerHello, the server's Finished and the client's.
const SHARED: &str = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";
const HASHES: [&str; 3] = [
    "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8",
    "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13",
    "209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d",
];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // From which hash on the transcript is another one; and whether the shared secret is.
    let (changed_hashes, changed_shared) = match words.join(" ").as_str() {
        "" => (3, false),
        "hello" => (0, false),
        "certificate" => (1, false),
        "shared" => (3, true),
        other => return Err(format!("{other} is not known here; try hello, certificate or shared").into()),
    };
    let of_the_rfc = schedule(&unhex(SHARED), &HASHES.map(unhex));
    let mut shared = unhex(SHARED);
    shared[0] ^= u8::from(changed_shared);
    let mut hashes = HASHES.map(unhex);
    hashes[changed_hashes..].iter_mut().for_each(|hash| hash[0] ^= 1);
    println!("  the schedule                           made by                       value");
    for ((what, by, value), (_, _, rfc)) in schedule(&shared, &hashes).into_iter().zip(of_the_rfc) {
        let mark = if value == rfc { ' ' } else { '≠' };
        println!("{mark} {what:<38} {by:<29} {}…", hex(&value[..4]));
    }
    Ok(())
}

/// Each line: what it is, what makes it, and its value.
type Line = (&'static str, &'static str, Vec<u8>);

/// The figure of RFC 8446 §7.1, from top to bottom.
fn schedule(shared: &[u8], [hello, server_finished, client_finished]: &[Vec<u8>; 3]) -> Vec<Line> {
    let suite = Suite::Aes128GcmSha256;
    let early = EarlySecret::without_psk(suite);
    let handshake = early.handshake(shared, hello);
    let application = handshake.application(server_finished);
    let resumption = application.resumption(client_finished);
    let [from_early, from_handshake] =
        [&early.early, &handshake.handshake].map(|it| derived(suite.hash(), it));
    [
        ("■ early secret", "Extract: zeros", &early.early),
        ("├▶ derived", "\"derived\"", &from_early),
        ("■ handshake secret", "Extract: (EC)DHE", &handshake.handshake),
        ("├▶ client_handshake_traffic_secret", "\"c hs traffic\", ServerHello", &handshake.client),
        ("├▶ server_handshake_traffic_secret", "\"s hs traffic\", ServerHello", &handshake.server),
        ("├▶ derived", "\"derived\"", &from_handshake),
        ("■ main secret", "Extract: zeros", &application.main),
        ("├▶ client_application_traffic_secret_0", "\"c ap traffic\", Finished", &application.client),
        ("├▶ server_application_traffic_secret_0", "\"s ap traffic\", Finished", &application.server),
        ("├▶ exporter_secret", "\"exp master\", Finished", &application.exporter),
        ("├▶ resumption_secret", "\"res master\", our Finished", &resumption),
    ]
    .into_iter()
    .flat_map(|(what, by, secret)| {
        let keys = what.contains("traffic").then(|| keys(suite, secret));
        std::iter::once((what, by, secret.bytes().to_vec())).chain(keys.into_iter().flatten())
    })
    .collect()
}

/// The two arrows from each traffic secret (RFC 8446 §7.3).
fn keys(suite: Suite, secret: &Secret) -> [Line; 2] {
    let keys = TrafficKeys::new(suite, secret);
    [("│  ├▶ key", "\"key\"", keys.key().to_vec()), ("│  ├▶ iv", "\"iv\"", keys.iv.to_vec())]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a constant of ours, which are whole.
fn unhex(text: &str) -> Vec<u8> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    text.as_bytes().chunks(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])).collect()
}
