//! The program against real servers, on a wire that the test makes: nginx, unbound, `openssl s_server`, `gnutls-serv`,
//! and one Python script for the answers that no honest server gives.
//!
//! Each test raises its own network namespaces ([`lab`]), so tests do not see each other, need no network, and leave
//! nothing behind. They need root on Linux and the tools named in [`lab::TOOLS`]; without them they say loudly that
//! they skipped, and under `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`, skipping is failing ([`need`]).
//!
//! In reading order: [`fetching`] (pages that arrive), [`keeping`] (several pages over one connection), [`early`]
//! (early data that is asked for again), [`curves`] (one group of the key exchange alone), [`loss`] (pages that arrive
//! although packets are lost), [`refusing`] (what must not pass, each with its exit code and its sentence),
//! [`captures`] (the program's own pcapng in tshark), [`judged`] (what `read` makes of captures, against tshark),
//! [`beside_curl`] and [`compressed`] (the same command lines for both), [`proxying`] (our proxy and nginx, with the
//! same origins), [`through_proxy`] (tinyproxy in between), [`resolving`] (`barewire resolve` with the system's
//! servers), [`recursing`] (`barewire serve-dns --recursive`, and whom it refuses), [`relaying`] (`barewire relay`
//! between two kernels), [`probing`] (ping, traceroute and scan of kernels), [`doctor`] (`barewire doctor` where more
//! and less is allowed), [`sniffing`] (`barewire sniff` beside tcpdump), [`listening`] (our TCP as a server, with curl
//! and Python's sockets as clients), [`sending`] (`barewire send`, and what tcpdump hears of it).
#![cfg(target_os = "linux")]

mod beside_curl;
mod captures;
mod certificates;
#[path = "../common/changes.rs"]
mod changes;
mod compressed;
mod curves;
mod doctor;
mod early;
mod fetch;
mod fetching;
#[path = "../common/tshark.rs"]
mod judge;
mod judged;
mod keeping;
mod lab;
mod listening;
mod loss;
mod need;
#[path = "../common/origin.rs"]
mod origin;
mod probing;
mod process;
mod proxying;
mod recursing;
mod refusing;
mod relaying;
mod resolving;
mod sending;
mod servers;
mod sniffing;
mod through_proxy;
#[path = "../common/wire.rs"]
mod wire;
