//! Zones from files, served by our own authoritative server.
//!
//! The server itself has no I/O and keeps nothing between two queries: so each socket has threads of its own, and all
//! read the same zones. Tested in `tests/serve_dns.rs`.

use std::io;
use std::net::SocketAddr;

use barewire_dns::authority::Authority;
use barewire_dns::stub::Protocol;

use super::port::Port;
use super::tcp::Crowd;
use super::told::Told;
use super::{tcp, udp, zones};
use crate::cli::ServeDnsArgs;
use crate::commands::output::print;
use crate::failure::{Failure, Step};

/// Serves until it is stopped.
///
/// # Errors
/// [`Failure`]: a zone file cannot be served, or a port is taken.
pub(super) fn run(args: &ServeDnsArgs) -> Result<u8, Failure> {
    let authority = zones::load(&args.zones, args.axfr)?;
    let ports = args.listen.iter().map(|address| Port::open(*address)).collect::<Result<Vec<_>, _>>()?;
    print(&announcement(&authority, &ports))?;
    let told = Told { verbose: args.verbose };
    let ports: Vec<(Port, Crowd)> = ports.into_iter().map(|port| (port, Crowd::of(tcp::WORKERS))).collect();
    std::thread::scope(|scope| {
        for (port, crowd) in &ports {
            scope.spawn(|| udp::serve(&port.udp, &authority, told));
            for _ in 0..tcp::WORKERS {
                scope.spawn(|| tcp::serve(&port.tcp, crowd, &from(&authority), told));
            }
        }
    });
    Ok(0)
}

/// Serves from threads of this program, and returns once the ports are open.
///
/// # Errors
/// [`Failure`]: a zone file cannot be served, or a port is taken.
#[cfg(target_os = "linux")]
pub(crate) fn start(args: &ServeDnsArgs) -> Result<(), Failure> {
    let authority = std::sync::Arc::new(zones::load(&args.zones, args.axfr)?);
    let told = Told { verbose: args.verbose };
    for address in &args.listen {
        let Port { udp, tcp, .. } = Port::open(*address)?;
        let of_udp = std::sync::Arc::clone(&authority);
        start_thread(move || udp::serve(&udp, &of_udp, told))?;
        let of_tcp = std::sync::Arc::clone(&authority);
        start_thread(move || tcp::serve(&tcp, &Crowd::of(1), &from(&of_tcp), told))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn start_thread(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let started = std::thread::Builder::new().spawn(work).map(|_| ());
    started.map_err(|error| Failure::new(Step::Usage, format!("the system refuses a thread: {error}")))
}

/// The replies of an authoritative server, one after the other: a zone transfer has several.
fn from(authority: &Authority) -> impl Fn(SocketAddr, &[u8], &mut tcp::Send<'_>) -> io::Result<()> {
    |_, query, send| authority.answer(query, Protocol::Tcp).try_for_each(|reply| send(&reply))
}

/// What is served where.
fn announcement(authority: &Authority, ports: &[Port]) -> String {
    let zones = authority.zones().map(|zone| format!("{} ({} records)", zone.apex(), zone.records().count()));
    let ports = ports.iter().map(|port| port.address.to_string());
    let list = |items: Vec<String>| items.join(", ");
    format!("serving {}\nat {}, UDP and TCP; Ctrl+C ends it\n", list(zones.collect()), list(ports.collect()))
}
