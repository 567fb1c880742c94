//! The programs of the toy internet's hosts, over our TCP.
//!
//! A [`Machine`] is a host; what runs on it is a [`Program`]. A web server is the program [`HttpServer`] with an
//! [`App`]: the pump of TCP, TLS and HTTP stands once, and an app sees requests. Each is a state machine, as the
//! machine is, so an app can be a client of other hosts without a thread.
//!
//! | program | app | what it does |
//! |---|---|---|
//! | [`Resolver`] | | answers DNS queries about the names it was given |
//! | `Recursor` | | finds the answers out from the root down; not in WebAssembly |
//! | [`Authority`] | | answers them from zone files: the root, `test.`, and more ([`zones`]) |
//! | [`HttpServer`] | [`Site`] | pages that are ready |
//! | [`HttpServer`] | [`Shop`] | each request sells something: what a server does twice can be counted |
//! | [`HttpServer`] | [`Workers`] | waits for its turn, then works: a process as a queue |
//! | [`HttpServer`] | [`Proxy`] | answers come from an origin: a server that is a client |
//! | [`Crowd`] | | clients that make requests, lose patience, and try again |
//! | [`HealthCheck`] | | opens connections to backends, and tells a balancer what it finds |
//!
//! A [`Stage`] is a topology with machines on it. [`breakage`] is what an experiment does to a run on it.
//!
//! Tested in `tests/services.rs`, `tests/authorities.rs` and `tests/offline.rs`.

pub mod app;
mod authority;
pub mod breakage;
pub mod certificates;
mod coded;
pub mod crowd;
pub mod health_check;
mod http_server;
mod machine;
mod pages;
#[cfg(not(target_family = "wasm"))] // the page sends no packets that are so large
mod pieces;
#[cfg(not(target_family = "wasm"))] // for `listen`, which the page has no use for
pub mod plain;
pub mod program;
mod proxy;
#[cfg(not(target_family = "wasm"))] // the page has room for a table, and not for a resolver
pub mod recursor;
mod resolver;
pub mod shop;
pub mod site;
pub mod stage;
mod timed;
pub mod walks;
#[cfg(not(target_family = "wasm"))]
pub mod watched;
pub mod workers;
pub mod zones;

pub use app::App;
pub use authority::Authority;
pub use crowd::Crowd;
pub use health_check::HealthCheck;
pub use http_server::HttpServer;
pub use machine::Machine;
pub use program::Program;
pub use proxy::Proxy;
pub use resolver::Resolver;
pub use shop::Shop;
pub use site::Site;
pub use stage::Stage;
pub use workers::Workers;
