//! Where a walk begins: the root's servers, from a file, from the table of the real ones, or those of the toy internet.
//! And whom it trusts: keys from a file.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;

use barewire_dns::Name;
use barewire_dns::dnssec::Anchors;
use barewire_dns::resolver::Hints;
use barewire_dns::system::DNS_PORT;

use crate::commands::input::read_file;
use crate::failure::{Failure, Step};
use crate::services::zones::root_hints;

/// The root's servers, as IANA publishes them.
const REAL: &str = include_str!("root.hints");

/// The addresses of a.root-servers.net.
const A_ROOT: (Ipv4Addr, Ipv6Addr) =
    (Ipv4Addr::new(198, 41, 0, 4), Ipv6Addr::new(0x2001, 0x503, 0xba3e, 0, 0, 0, 2, 0x30));

/// The hints of a file.
///
/// # Errors
/// [`Failure`]: it cannot be read, or has no server of the root.
pub(in crate::commands) fn from_file(path: &Path) -> Result<Hints, Failure> {
    Hints::parse(&read_file(path)?).map_err(|fault| unfit(Step::Input, path, &fault))
}

/// The servers of the real root.
///
/// # Errors
/// Never, unless the program has a bug.
pub(in crate::commands) fn real() -> Result<Hints, Failure> {
    Hints::parse(REAL.as_bytes()).map_err(|fault| Failure::new(Step::Usage, fault.to_string()))
}

/// The servers of the toy internet's root.
///
/// # Errors
/// Never, unless the program has a bug.
pub(super) fn toy() -> Result<Hints, Failure> {
    Hints::parse(root_hints().as_bytes()).map_err(|fault| Failure::new(Step::Usage, fault.to_string()))
}

/// The trust anchors of a file. From the names of `except` down, nothing is checked.
///
/// # Errors
/// [`Failure`]: it cannot be read, or has no key to trust.
pub(in crate::commands) fn anchors(path: &Path, except: &[Name]) -> Result<Anchors, Failure> {
    let bytes = read_file(path)?;
    let text = String::from_utf8(bytes).map_err(|error| unfit(Step::Anchors, path, &error))?;
    let mut anchors = Anchors::parse(&text).map_err(|fault| unfit(Step::Anchors, path, &fault))?;
    except.iter().for_each(|zone| anchors.except(zone.clone()));
    Ok(anchors)
}

/// Whether the kernel knows a way to an address of this family: to one of the root's servers, or, if the hints have
/// none of it, to one of the real root's. Nothing is sent for that.
pub(in crate::commands) fn has_route(hints: &Hints, family: fn(&IpAddr) -> bool) -> bool {
    let of_hints: Vec<IpAddr> = hints.servers().flat_map(|(_, addresses)| addresses).copied().collect();
    let real = [A_ROOT.0.into(), A_ROOT.1.into()];
    let known = if of_hints.iter().any(family) { &of_hints } else { &real[..] };
    known.iter().filter(|address| family(address)).any(|address| {
        let here: IpAddr = match address {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind(SocketAddr::new(here, 0));
        socket.is_ok_and(|socket| socket.connect(SocketAddr::new(*address, DNS_PORT)).is_ok())
    })
}

fn unfit(step: Step, path: &Path, fault: &dyn Display) -> Failure {
    Failure::new(step, format!("{}: {fault}", path.display()))
}
