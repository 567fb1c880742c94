//! HTTP/1.1 and DNS with peers that we did not write, on loopback: as a client of nginx, apache2, lighttpd, haproxy,
//! caddy, node and Python, and as a server for curl, node, Python, wrk and Chromium.
//!
//! Each test starts its servers by hand, on free ports of 127.0.0.1, and ends them; it needs no root. Without the
//! programs it says loudly that it skipped, and under `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`, skipping is failing.
//!
//! In reading order: [`servers`] (each with the shortest configuration), [`wire`] (one exchange over a socket),
//! [`as_client`], [`interim`] (103, 100, and a body that waits), [`switching`] (CONNECT and Upgrade), [`fetching`] (the
//! same servers, by `barewire fetch`), [`as_server`]. [`dns`] and [`recursing`] are about `barewire serve-dns`,
//! [`resolving`] about `barewire resolve`.
#![cfg(target_os = "linux")]

mod as_client;
mod as_server;
#[path = "../common/mod.rs"]
mod common;
mod dns;
mod fetching;
mod interim;
#[path = "../live/need.rs"]
mod need;
#[path = "../live/port.rs"]
mod port;
mod recursing;
mod resolving;
mod servers;
mod switching;
#[path = "../common/tree.rs"]
mod tree;
mod wire;
