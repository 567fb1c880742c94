//! The machine that serves: our TCP with one program on it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use barewire_tcp::{Config, Host};

use crate::cli::ListenArgs;
use crate::commands::probing::usage;
use crate::commands::seed::generator;
use crate::failure::Failure;
use crate::services::plain::{Bulletin, Plain, Service};
use crate::services::watched::Watched;
use crate::services::{HttpServer, Machine, Program, Site};

/// The largest file that is served, since all of it is kept in memory.
const LARGEST: u64 = 1 << 30;

/// A machine, and what is said of it.
pub(super) struct Serving {
    pub(super) machine: Machine,
    /// In a few words.
    pub(super) about: String,
    /// What happens to its connections.
    pub(super) bulletin: Bulletin,
}

impl Serving {
    /// The machine that the flags ask for, at this address.
    pub(super) fn new(args: &ListenArgs, local: IpAddr, mtu: usize) -> Result<Serving, Failure> {
        let (program, about, bulletin) = program(args)?;
        let mut host = Host::new(vec![local], config(args), Box::new(generator(args.seed)?));
        host.limit_mtu(mtu);
        let machine = Machine::of(host).with(program).map_err(|error| usage(error.to_string()))?;
        Ok(Serving { machine, about, bulletin })
    }
}

/// As much room as Linux gives a connection.
fn config(args: &ListenArgs) -> Config {
    Config { syn_cookies: !args.no_cookies, receive_buffer_max: 4 << 20, ..Config::default() }
}

/// What serves, in a few words, and where its news are.
pub(super) fn program(args: &ListenArgs) -> Result<(Box<dyn Program>, String, Bulletin), Failure> {
    if args.http {
        let server = HttpServer::new(Site::new("www.example.test")).http(args.port);
        let watched = Watched::new(Box::new(server.with_backlog(args.backlog.into())), args.port);
        let bulletin = watched.bulletin();
        return Ok((Box::new(watched), "the pages of www.example.test, by HTTP".to_owned(), bulletin));
    }
    let (service, about) = match &args.file {
        Some(path) => {
            let name = path.display();
            let content = content(path).map_err(|why| usage(format!("{name}: {why}")))?;
            let about = format!("{name}, {} bytes, to each client", content.len());
            (Service::Send(Arc::from(content)), about)
        }
        None if args.discard => (Service::Discard, "discard: what comes is thrown away".to_owned()),
        None => (Service::Echo, "echo: what comes is sent back".to_owned()),
    };
    let plain = Plain::new(args.port, args.backlog.into(), service).with_config(config(args));
    let bulletin = plain.bulletin();
    Ok((Box::new(plain), about, bulletin))
}

/// What is in a file. A pipe or a device might have no end.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("this is not a regular file"));
    }
    if found.len() > LARGEST {
        return Err(io::Error::other("this is larger than 1 GiB, and all of it would be kept in memory"));
    }
    let mut content = Vec::new();
    File::open(path)?.take(LARGEST).read_to_end(&mut content)?;
    Ok(content)
}
