//! The client side of TLS 1.3 (RFC 8446, and its revision RFC 9846), written to be read.
//!
//! TLS stands between TCP and HTTP. Anybody on the way can read and change what TCP carries. TLS makes a stream from
//! it that only the two ends can read; a changed byte is noticed, and the client knows who the server is. The
//! handshake takes one round trip:
//!
//! ```text
//!   client                                                   server
//!     │ ClientHello        I speak these suites; my key share   │
//!     │ ──────────────────────────────────────────────────────▶ │
//!     │ this suite; my key share                   ServerHello  │ both now have
//!     │ ▒ answers that need not be public  EncryptedExtensions  │ the same secret:
//!     │ ▒ who I am                                 Certificate  │ ▒ is encrypted
//!     │ ▒ a signature over all of the above  CertificateVerify  │
//!     │ ▒ and a MAC over all of it                    Finished  │
//!     │ ◀────────────────────────────────────────────────────── │
//!     │ ▒ Finished, ▒ the request                               │
//!     │ ──────────────────────────────────────────────────────▶ │
//! ```
//!
//! [`Client`] does that without a socket: bytes go in by `receive` and come out of `transmit`. [`TlsStream`] puts it
//! over anything that reads and writes. This program reads a page, and says what was proved about the server:
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use std::time::{Instant, SystemTime};
//! use barewire_tls13::{Client, Config, TlsStream};
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // For public values; the system draws the private key.
//! let mut rng = ChaCha8Rng::seed_from_u64(1);
//! let config = Config::new("www.example.test", SystemTime::now());
//! let client = Client::new(Instant::now(), config, &mut rng)?;
//! let socket = std::net::TcpStream::connect(("www.example.test", 443))?;
//! let mut stream = TlsStream::connect(socket, client)?;
//! println!("{}, {}", stream.summary().suite.name(), stream.summary().verified);
//! stream.write_all(b"GET / HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n")?;
//! let mut page = Vec::new();
//! stream.read_to_end(&mut page)?;
//! # Ok(()) }
//! ```
//!
//! This program needs no network. It shows what the first bytes of a connection say:
//!
//! ```
//! # use std::time::{Instant, SystemTime};
//! # use barewire_tls13::{Client, Config, dissect};
//! # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//! # let (mut rng, now) = (ChaCha8Rng::seed_from_u64(1), Instant::now());
//! let config = Config::new("www.example.test", SystemTime::now());
//! let mut client = Client::new(now, config, &mut rng)?;
//! let hello = client.transmit(now).unwrap();
//! let (records, tree) = dissect(&hello);
//! assert_eq!(records?.len(), 1); // one record
//! let value = |name| tree.find(name).unwrap().value.clone().unwrap();
//! assert_eq!(value("host_name"), "www.example.test");
//! assert_eq!(value("cipher_suite"), "TLS_AES_128_GCM_SHA256");
//! assert_eq!(value("version"), "TLS 1.3 (0x0304)");
//! assert_eq!(value("key_share_entry"), "x25519");
//! assert_eq!(tree.check_coverage(), Ok(())); // and every other byte has a name as well
//! # Ok::<(), barewire_tls13::Error>(())
//! ```
//!
//! # Reading order
//!
//! 1. [`record`]: how the byte stream is cut, and what an encrypted record looks like from outside.
//! 2. [`handshake`]: the messages, a file each. [`extensions`]: what the two sides agree on. [`alert`]: how it ends.
//! 3. [`suite`], [`group`], [`signature`]: what there is to agree on. [`key_share`]: the key exchange.
//! 4. [`transcript`] and [`key_schedule`]: every key, from one shared secret and the messages. [`ledger`]: all of them,
//!    kept to be looked at.
//! 5. [`protect`]: records sealed and opened. [`epoch`]: under which keys. The nonce is a counter.
//! 6. [`client`]: the states, and which message leads from one to the next. [`Client`] has the five verbs that every
//!    core of Barewire has.
//! 7. [`verify`] and [`certificate`]: who the server is, and which authority says so.
//! 8. [`pre_shared_key`], [`session`] and [`origin`]: coming back to a server that is known already.
//! 9. [`driver`]: TLS over a socket. [`key_log`] and [`observe`]: the same records seen from outside.
//! 10. [`mod@error`] and [`reason`]: what can go wrong, at which byte, by which rule. [`mod@dissect`]: the name of
//!     every byte.
//!
//! # What it promises
//!
//! * Nothing is called verified unless it was: [`Verified::Yes`] and [`Verified::Pinned`] are made in one place, after
//!   the chain (or the server's own certificate, byte for byte) and the name have passed. [`Trust::Nothing`] leads to
//!   [`Verified::SkippedByRequest`]; CertificateVerify and Finished are checked even then. A resumed connection shows
//!   no certificate: [`Verified::InSession`] says where one was seen.
//! * A stream that ends without close_notify is an error.
//! * Bytes from the network cannot make it panic or loop. It holds at most one record and one handshake message (128
//!   KiB) that are not whole, 16 tickets of 32 KiB that nobody has taken, decrypted data until it is read, and two
//!   empty buffers of 16 KiB. [`observe`] states its own bound.
//! * A connection that failed has forgotten its secrets, and sends nothing after its alert.
//!
//! # Whom it was tried with
//!
//! OpenSSL, GnuTLS, nginx, NSS, wolfSSL, Go, node and tlslite-ng: [what each can do and what each showed](peers).
//!
//! # What RFC 9846 changes
//!
//! RFC 9846 takes the place of RFC 8446. The version number and the bytes are the same, and its §1.2 lists what is new.
//! This crate cites RFC 8446, which every book and implementation cites. From chapter 4 on RFC 9846 counts one further:
//! §4.1.3 is §4.2.3 there, §4.4.2 is §4.5.1, §4.6.3 is §4.7.3.
//!
//! | RFC 9846 | RFC 8446 | here |
//! |---|---|---|
//! | a key share must not be used for two connections | it may be | each connection draws its own |
//! | TLS 1.0 and 1.1 must not be negotiated | may be, by older rules | only 1.3 is offered |
//! | a pre-shared key has one hash, also after HelloRetryRequest | unclear | the binder is in that hash |
//! | a client without resumption ignores tickets | nothing said | each becomes an event, a session |
//! | a new key before the old one has done too much: MUST | SHOULD | after 2^24 records with AES-GCM |
//! | at most 2^48 - 1 key updates | no limit | not counted: so many take longer than any connection |
//! | one request for a key update at a time | any number | [`Client::update_keys`] asks once |
//! | close_notify is a warning | the level is ignored | sent as one; levels are ignored when read |
//! | user_canceled is ignored, close_notify follows | it generally follows | becomes an event, and is not sent |
//! | the alert general_error (117) | does not exist | named |
//! | CertificateRequest may have no extensions | two bytes at the least | read; refused, as the schemes are missing |
//! | ClientHello.extensions: 7 bytes at the least | 8 | not checked |
//! | NewSessionTicket.extensions: up to 2^16 - 1 bytes | 2^16 - 2 | up to 2^16 - 1 |
//! | the secret of the key exchange may come from a KEM | (EC)DHE only | no KEM: see below |
//! | "main secret" | "master secret" | "main secret"; the labels did not change |
//! | other RSA signatures than RSA-PSS may come (RFC 9963) | only RSA-PSS in the handshake | only RSA-PSS is taken |
//!
//! # Left out
//!
//! * TLS 1.2 and older: recognised, its records and messages named, and not read further.
//! * The server side: rustls plays it in tests.
//! * In the client: client certificates (the answer to a request is an empty one); post-handshake authentication;
//!   revocation; P-521 and post-quantum key exchange; Encrypted ClientHello; GREASE; padding of what is sent.
//! * Wiping what ring holds, and data that was decrypted. Every secret of ours is wiped when it is dropped; the
//!   [`ledger`] keeps them, and is not made unless asked for.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![forbid(unsafe_code)]

pub mod alert;
pub mod certificate;
#[cfg(any(doc, doctest))]
pub mod chapters;
mod clear;
pub mod client;
pub mod dissect;
pub mod driver;
pub mod epoch;
pub mod error;
pub mod extensions;
mod grease;
pub mod group;
pub mod handshake;
pub mod key_log;
pub mod key_schedule;
pub mod key_share;
pub mod ledger;
pub mod observe;
pub mod origin;
#[cfg(any(doc, doctest))]
#[doc = include_str!("../peers.md")]
pub mod peers {}
pub mod pre_shared_key;
pub mod protect;
pub mod reason;
pub mod record;
pub mod session;
pub mod signature;
pub mod suite;
pub mod transcript;
pub mod verify;
mod wire;

pub use alert::{Alert, AlertDescription};
pub use certificate::{CertificateError, CertificateFacts, CertificateProblem, utc};
pub use client::{Client, Config, EarlyData, Event, Summary};
pub use dissect::dissect;
pub use driver::{ConnectError, TlsStream};
pub use epoch::Epoch;
pub use error::{DecryptError, Error, ProtocolVersion, Violation};
pub use group::{Group, group_name};
pub use key_log::KeyLog;
pub use key_share::PrivateShare;
pub use ledger::{Ledger, SharedLedger};
pub use origin::Origin;
pub use pre_shared_key::{ExternalPsk, PreSharedKey};
pub use protect::{OpenFailure, Protection, SealFailure};
pub use reason::Reason;
pub use session::{MemoryStore, Session, SessionStore, Unfit, Wanted};
pub use signature::{SignatureScheme, scheme_name, signed_content};
pub use suite::{Hash, Suite, short_suite_name, suite_name};
pub use transcript::Transcript;
pub use verify::{Anchors, Trust, Verified};
