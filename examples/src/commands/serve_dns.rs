//! `barewire serve-dns`: zones from files, served over UDP and TCP by our own authoritative server.
//!
//! The server itself has no I/O and keeps nothing between two queries: so each socket has threads of its own, and all
//! read the same zones. Left out: a reload while it runs, and, where it listens at 0.0.0.0 on a host with several
//! addresses, to choose the one that was asked. Tested in `tests/serve_dns.rs`; dig, kdig and unbound ask it in
//! `tests/peers`.

mod tcp;
mod told;
mod udp;
mod zones;

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use barewire_dns::authority::Authority;

use super::output::print;
use crate::cli::ServeDnsArgs;
use crate::failure::{Failure, Step};
use told::Told;

/// How often two free ports of one number are looked for.
const TRIES: usize = 20;

/// Runs the command: serves until it is stopped.
///
/// # Errors
/// [`Failure`]: a zone file cannot be served, or a port is taken.
pub fn run(args: &ServeDnsArgs) -> Result<u8, Failure> {
    let authority = zones::load(&args.zones, args.axfr)?;
    let ports = args.listen.iter().map(|address| Port::open(*address)).collect::<Result<Vec<_>, _>>()?;
    print(&announcement(&authority, &ports))?;
    let told = Told { verbose: args.verbose };
    std::thread::scope(|scope| {
        for port in &ports {
            scope.spawn(|| udp::serve(&port.udp, &authority, told));
            for _ in 0..tcp::WORKERS {
                scope.spawn(|| tcp::serve(&port.tcp, &authority, told));
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
        start_thread(move || tcp::serve(&tcp, &of_tcp, told))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn start_thread(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let started = std::thread::Builder::new().spawn(work).map(|_| ());
    started.map_err(|error| Failure::new(Step::Usage, format!("the system refuses a thread: {error}")))
}

/// The two sockets of one port.
struct Port {
    udp: UdpSocket,
    tcp: TcpListener,
    address: SocketAddr,
}

impl Port {
    fn open(address: SocketAddr) -> Result<Port, Failure> {
        let opened = (0..TRIES).map(|_| Port::try_open(address)).find(|opened| {
            let taken = opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse);
            !(taken && address.port() == 0)
        });
        opened.unwrap_or_else(|| Err(io::ErrorKind::AddrInUse.into())).map_err(|error| {
            let hint = "--listen ADDR:PORT chooses another; below 1024 it takes root, and port 0 is any that is free";
            Failure::new(Step::Usage, format!("{address}: {error}; {hint}"))
        })
    }

    /// With port 0 the kernel chooses one for TCP, and UDP has to get the same.
    fn try_open(address: SocketAddr) -> io::Result<Port> {
        let tcp = TcpListener::bind(address)?;
        let address = tcp.local_addr()?;
        Ok(Port { udp: UdpSocket::bind(address)?, tcp, address })
    }
}

/// What is served where.
fn announcement(authority: &Authority, ports: &[Port]) -> String {
    let zones = authority.zones().map(|zone| format!("{} ({} records)", zone.apex(), zone.records().count()));
    let ports = ports.iter().map(|port| port.address.to_string());
    let list = |items: Vec<String>| items.join(", ");
    format!("serving {}\nat {}, UDP and TCP; Ctrl+C ends it\n", list(zones.collect()), list(ports.collect()))
}
