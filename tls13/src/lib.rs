//! The client side of TLS 1.3 (RFC 8446, and its revision RFC 9846), written to be read.
//!
//! TLS stands between TCP and HTTP. It takes a stream of bytes that anybody on the way can read and change, and makes
//! one of it that only the two ends can read, where a changed byte is noticed and where the client knows who the
//! server is. It takes one round trip to get there:
//!
//! ```text
//!   client                                                           server
//!     │ ClientHello            I speak these suites; my key share       │
//!     │ ──────────────────────────────────────────────────────────────▶ │
//!     │                   this suite; my key share         ServerHello  │   from here on both have the
//!     │           ▒ answers that need not be public  EncryptedExtensions│   same secret: ▒ is encrypted
//!     │           ▒ who I am                               Certificate  │
//!     │           ▒ the proof: a signature over the above    Cert.Verify│
//!     │           ▒ and a MAC over all of it                  Finished  │
//!     │ ◀────────────────────────────────────────────────────────────── │
//!     │ ▒ Finished, ▒ the request                                       │
//!     │ ──────────────────────────────────────────────────────────────▶ │
//! ```
//!
//! [`Client`] is that, without a socket: bytes go in by `receive` and come out of `transmit`. [`TlsStream`] puts it
//! over anything that reads and writes. This reads a page from a server that you named, and says what was proved:
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use std::time::{Instant, SystemTime};
//! use barewire_tls13::{Client, ClientConfig, TlsStream};
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut rng = ChaCha8Rng::seed_from_u64(1); // for what is public; the key is drawn by the system
//! let config = ClientConfig::new("www.example.test", SystemTime::now());
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
//! And this needs no network: the first bytes of a connection, and what they say.
//!
//! ```
//! # use std::time::{Instant, SystemTime};
//! # use barewire_tls13::{Client, ClientConfig, dissect_records};
//! # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//! # let (mut rng, now) = (ChaCha8Rng::seed_from_u64(1), Instant::now());
//! let config = ClientConfig::new("www.example.test", SystemTime::now());
//! let mut client = Client::new(now, config, &mut rng)?;
//! let hello = client.transmit(now).unwrap();
//! let (records, tree) = barewire_dissect::record(&hello, || dissect_records(&hello));
//! assert_eq!(records?.len(), 1);
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
//! 2. [`handshake`]: the messages, a file each. [`extensions`]: where TLS negotiates. [`alert`]: how it ends.
//! 3. [`suite`], [`group`], [`signature`]: what is negotiated. [`key_share`]: the key exchange.
//! 4. [`transcript`] and [`key_schedule`]: every key, from one shared secret and the messages.
//! 5. [`protect`]: records sealed and opened. The nonce is a counter.
//! 6. [`client`]: the states, and what it takes to go from one to the next. [`Client`] has the five verbs of every
//!    Barewire core.
//! 7. [`verify`] and [`certificate`]: who the server is, and says who.
//! 8. [`stream`]: the driver. [`key_log`] and [`observe`]: the same records seen from outside.
//! 9. [`mod@error`] and [`reason`]: what can go wrong, at which byte, by which rule. [`dissect`]: every byte by name.
//!
//! # What it promises
//!
//! Nothing is called verified unless it was: [`Verified::Yes`] is made in one place, after the chain and the name
//! have passed, and [`Trust::Nothing`] yields [`Verified::SkippedByRequest`], but still checks CertificateVerify and
//! Finished. A stream that ends without close_notify is an error. Bytes from the network cannot make it panic, loop,
//! or hold more than one record and one handshake message (128 KiB) that are not whole; decrypted data waits until
//! it is read.
//!
//! # Left out
//!
//! TLS 1.2 and older (named when a server has nothing else); the server side (rustls plays it); pre-shared keys, so
//! resumption and 0-RTT (tickets are read and counted); client certificates (a request is answered with none) and
//! post-handshake authentication; revocation; P-384 and post-quantum key exchange; Encrypted ClientHello; GREASE;
//! padding of what is sent; exporters beyond their secret. Secrets are not wiped from memory: this crate is for
//! looking at them.
#![forbid(unsafe_code)]

pub mod alert;
pub mod certificate;
pub mod client;
pub mod dissect;
pub mod error;
pub mod extensions;
pub mod group;
pub mod handshake;
pub mod key_log;
pub mod key_schedule;
pub mod key_share;
pub mod observe;
pub mod protect;
pub mod reason;
pub mod record;
pub mod signature;
pub mod stream;
pub mod suite;
pub mod transcript;
pub mod verify;
mod wire;

pub use alert::{Alert, AlertDescription};
pub use certificate::{CertificateFacts, utc};
pub use client::{Client, ClientConfig, Event, Summary};
pub use dissect::{dissect_plaintext, dissect_records};
pub use error::{DecryptError, Epoch, Error, ProtocolVersion, Violation};
pub use group::{Group, group_name};
pub use key_log::KeyLog;
pub use key_share::PrivateShare;
pub use protect::{OpenFailure, Protection, SealFailure};
pub use reason::{DecodeError, Reason};
pub use signature::{SignatureScheme, scheme_name, signed_content};
pub use stream::{ConnectError, TlsStream};
pub use suite::{Hash, Suite, suite_name};
pub use transcript::Transcript;
pub use verify::{CertificateError, CertificateProblem, Trust, Verified};
pub use wire::Read;
