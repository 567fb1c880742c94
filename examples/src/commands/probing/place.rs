//! The place where probes are sent: a seat in the toy internet, or this machine's network.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use barewire_dns::RecordType;
use barewire_dns::driver::Sockets;
use barewire_packet::link::Link;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::route::{is_of_one_link, local_address_for, mtu_toward, through};
use rand_chacha::ChaCha8Rng;

use super::names;
use super::recorded::Recorded;
use super::usage;
use crate::cli::{ProbeArgs, ProbeNet};
use crate::commands::scene::find_scene;
use crate::commands::seed::generator;
use crate::failure::Failure;
use crate::lab;
use crate::network::{Names, Network as _, Toy, toy};
use crate::permit::Permit;
use crate::services::stage::Stage;
use crate::trace::Trace;

/// Where probes are sent.
pub(crate) struct Place {
    /// What carries them.
    pub(crate) link: Box<dyn Link>,
    /// All randomness.
    pub(crate) rng: ChaCha8Rng,
    /// In a few words.
    pub(crate) about: String,
    /// Ports that the kernel is kept away from.
    pub(crate) guarded: Vec<u16>,
    /// Which addresses may be scanned.
    pub(crate) permit: Permit,
    /// Where the packets are to be written, and the packets.
    pub(crate) capture: Option<(PathBuf, Trace)>,
    /// `None`: real wires.
    toy: Option<Box<Toy>>,
    /// Over real wires, the device that all packets go through, if one was named.
    pub(crate) device: Option<String>,
    families: Vec<RecordType>,
}

/// Opens the place that the flags and the zones of the hosts name. In the toy internet it is `scene` if they name none;
/// over real wires the kernel is kept away from so many ports.
pub(crate) fn open(
    args: &ProbeArgs,
    hosts: &[String],
    scene: &str,
    guarded: usize,
    owns: bool,
) -> Result<Place, Failure> {
    let device = device(args, hosts)?;
    let mut place = match args.net {
        ProbeNet::Toy => toy_internet(args, device, scene)?,
        ProbeNet::Raw => real_wires(args, device, guarded, owns)?,
    };
    if let Some(path) = &args.pcapng {
        let wall_clock = place.toy.as_ref().map_or_else(SystemTime::now, |toy| toy.wall_clock());
        let trace = Trace::new("probe", place.link.now(), wall_clock);
        place.link = Box::new(Recorded { link: place.link, trace: trace.clone() });
        place.capture = Some((path.clone(), trace));
    }
    Ok(place)
}

fn families(args: &ProbeArgs) -> Vec<RecordType> {
    match (args.ipv4, args.ipv6) {
        (true, _) => vec![RecordType::A],
        (_, true) => vec![RecordType::AAAA],
        _ => vec![RecordType::A, RecordType::AAAA],
    }
}

/// The device through which all hosts are reached, if one is named.
pub(crate) fn device(args: &ProbeArgs, hosts: &[String]) -> Result<Option<String>, Failure> {
    let zones = hosts.iter().filter_map(|host| names::zone_of(host));
    let mut named: Vec<&str> = args.device.as_deref().into_iter().chain(zones).collect();
    named.dedup();
    match named[..] {
        [] => Ok(None),
        [device] => Ok(Some(device.to_owned())),
        [one, other, ..] => {
            Err(usage(format!("{one} and {other}: all packets go through one device, so name only one")))
        }
    }
}

fn toy_internet(args: &ProbeArgs, device: Option<String>, scene: &str) -> Result<Place, Failure> {
    if let Some(device) = device {
        return Err(usage(format!(
            "{device} is a device of real wires: use --net raw, the toy internet has none"
        )));
    }
    let scene = find_scene(args.scene.as_deref().unwrap_or(scene))?;
    let seed = args.seed.unwrap_or(1);
    let about = format!("the toy internet, scene {} (seed {seed})", scene.name);
    let seated = (scene.set)(Stage::new(seed)).and_then(|set| Toy::seated(set, about.clone()));
    let fault = |error: &dyn std::error::Error| usage(toy::failure(error).message);
    let toy = seated.map_err(|error| fault(error.as_ref()))?;
    let link = toy.world().link(&toy.trace().name()).map_err(|error| fault(&error))?;
    Ok(Place {
        link: Box::new(link),
        rng: generator(Some(seed))?,
        about,
        guarded: Vec::new(),
        permit: Permit::toy(),
        capture: None,
        toy: Some(Box::new(toy)),
        device: None,
        families: families(args),
    })
}

fn real_wires(
    args: &ProbeArgs,
    device: Option<String>,
    guarded: usize,
    owns: bool,
) -> Result<Place, Failure> {
    if args.scene.is_some() {
        return Err(usage("--scene is for the toy internet: leave it away, or use --net toy"));
    }
    let options = Layer3Options {
        device: device.clone(),
        guarded: vec![0; guarded],
        mtu: 65_535,
        ..Layer3Options::default()
    };
    let link = Layer3Link::open(&options).map_err(closed)?;
    let lab = lab::attach()?;
    let permit = Permit::around(lab.as_ref(), owns);
    let about = lab.map_or_else(
        || "raw sockets".to_owned(),
        |lab| format!("raw sockets, in the lab {}", lab.topology()),
    );
    Ok(Place {
        guarded: link.ports(),
        link: Box::new(link),
        rng: generator(args.seed)?,
        about,
        permit,
        capture: None,
        toy: None,
        device,
        families: families(args),
    })
}

fn closed(error: io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "; `barewire lab run -- barewire ...` needs no privilege, nor does --net toy"
        }
        io::ErrorKind::Unsupported => "; --net toy works everywhere",
        _ => "",
    };
    usage(format!("{error}{hint}"))
}

fn no_way(destination: IpAddr, error: &io::Error) -> Failure {
    usage(format!("there is no way to {destination}: {error}"))
}

/// The seat cannot send there: IPv4 carries no addresses of IPv6.
fn no_address_toward(destination: IpAddr) -> Failure {
    let family = if destination.is_ipv4() { "IPv4" } else { "IPv6" };
    usage(format!("{destination}: the client of this scene has no address of {family}"))
}

impl Place {
    /// The addresses of a host, the first one first.
    pub(crate) fn addresses(&mut self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let reached = self.reached();
        match &self.toy {
            Some(toy) => {
                if let Some(address) = names::address_in(host)
                    && self.families.contains(&names::family(&address))
                    && !reached.contains(&names::family(&address))
                {
                    return Err(no_address_toward(address));
                }
                names::addresses(host, &reached, toy.names(), &mut toy.udp(), &mut self.rng)
            }
            None => {
                let names = Names::of_system().or_else(|failure| match host.parse::<IpAddr>() {
                    // An address needs no server.
                    Ok(_) => Ok(Names::of_server(SocketAddr::from(([127, 0, 0, 1], 53)))),
                    Err(_) => Err(usage(failure.message)),
                })?;
                names::addresses(host, &self.families, &names, &mut Sockets::new(), &mut self.rng)
            }
        }
    }

    /// In the toy internet, the families that the seat has addresses of.
    fn reached(&self) -> Vec<RecordType> {
        let own = self.toy.as_ref().map(|toy| toy.stack().addresses()).unwrap_or_default();
        let reaches = |family: &RecordType| own.iter().any(|own| own.is_ipv4() == (*family == RecordType::A));
        let reached: Vec<RecordType> = self.families.iter().copied().filter(reaches).collect();
        if reached.is_empty() { self.families.clone() } else { reached }
    }

    /// The first address of a host, and ours toward it.
    pub(crate) fn target(&mut self, host: &str) -> Result<(IpAddr, IpAddr), Failure> {
        let found = self.addresses(host)?;
        let destination = *found.first().ok_or_else(|| usage(format!("{host} has no address")))?;
        Ok((self.source(destination)?, destination))
    }

    /// Our address toward this one.
    pub(crate) fn source(&self, destination: IpAddr) -> Result<IpAddr, Failure> {
        let Some(toy) = &self.toy else {
            return local_address_for(self.on_the_wire(destination)?)
                .map_err(|error| no_way(destination, &error));
        };
        let own = toy.stack().addresses();
        let fits = own.into_iter().find(|own| own.is_ipv4() == destination.is_ipv4());
        fits.ok_or_else(|| no_address_toward(destination))
    }

    /// The largest packet that the first wire toward this address carries.
    pub(crate) fn mtu(&self, destination: IpAddr) -> usize {
        match &self.toy {
            Some(_) => self.link.mtu(),
            None => {
                let known = self.on_the_wire(destination).ok().and_then(|remote| mtu_toward(remote).ok());
                known.unwrap_or(1500).min(self.link.mtu())
            }
        }
    }

    /// As the kernel has to be asked about it: an address of one link needs its device.
    fn on_the_wire(&self, destination: IpAddr) -> Result<SocketAddr, Failure> {
        match &self.device {
            Some(device) => through(device, destination, 9).map_err(|error| no_way(destination, &error)),
            None if is_of_one_link(destination) => Err(usage(format!(
                "{destination} is there once on every link: name the device, as in {destination}%eth0 or -I eth0"
            ))),
            None => Ok(SocketAddr::new(destination, 9)),
        }
    }

    /// Whether time is virtual here.
    pub(crate) fn is_toy(&self) -> bool {
        self.toy.is_some()
    }

    /// The time.
    pub(crate) fn now(&self) -> Instant {
        self.link.now()
    }
}
