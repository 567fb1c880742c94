//! Servers that other people wrote, over loopback: full handshakes, sessions, HelloRetryRequest and early data.
//!
//! In reading order: [`server`] (a server and what is asked of it), then the servers: [`openssl`], [`gnutls`],
//! [`nginx`], [`nss`], [`lighttpd`] (wolfSSL). [`registries`] has those that no package of Debian brings: Go, node 24
//! and tlslite-ng. Its tests run only with `tls13/tests/peers/registries.sh`, which installs them.
//!
//! Where a server writes a key log, it is compared with ours, secret by secret. `tls13/peers.md` says what each showed.

#[path = "../common/mod.rs"]
mod common;
mod gnutls;
mod lighttpd;
#[path = "../../../examples/tests/live/need.rs"]
mod need;
mod nginx;
mod nss;
mod openssl;
#[path = "../../../examples/tests/live/port.rs"]
mod port;
mod registries;
mod server;
