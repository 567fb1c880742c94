//! From the flags of `fetch` to a job and a network.

use std::path::Path;
use std::time::Duration;

use barewire_dns::RecordType;
use barewire_tls13::Trust;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::cli::{FetchArgs, Net};
use crate::commands::input::read_file;
use crate::commands::scene::find_scene;
use crate::failure::{Failure, Step};
use crate::fetch::Job;
use crate::network::{self, Names, Network, Toy, ToyOptions, toy};
use crate::services::stage::Stage;
use crate::url::Url;

/// What is fetched when nothing is named.
const DEFAULT_URL: &str = "https://www.example.test/";

/// Flags that would do nothing are refused, so that nobody takes a figure for what it is not.
pub(super) fn check(args: &FetchArgs) -> Result<(), Failure> {
    let toy = args.net == Net::Toy;
    if !toy && (args.rtt.is_some() || args.loss.is_some()) {
        return Err(Failure::new(
            Step::Usage,
            "--rtt and --loss bend the toy internet; a real network has its own",
        ));
    }
    if !toy && args.scene.is_some() {
        return Err(Failure::new(
            Step::Usage,
            "--scene is of the toy internet; a real network is what it is",
        ));
    }
    if !toy && !args.breaks.is_empty() {
        return Err(Failure::new(
            Step::Usage,
            "--drop, --delay, --flip and --close break the toy internet; nobody has a hand on a real network",
        ));
    }
    if toy && args.resolver.is_some() {
        return Err(Failure::new(
            Step::Usage,
            "--resolver is for real networks; the toy internet has its own resolver",
        ));
    }
    Ok(())
}

/// The job that the command line describes.
pub(super) fn job(args: &FetchArgs) -> Result<Job, Failure> {
    let url = match (&args.url, args.net) {
        (Some(url), _) => Url::parse(url)?,
        (None, Net::Toy) => Url::parse(DEFAULT_URL)?,
        (None, _) => {
            return Err(Failure::new(
                Step::Usage,
                "which URL? Only the toy internet has a page of its own to show",
            ));
        }
    };
    let body = args.data.as_deref().map(request_body).transpose()?;
    let implied = if args.head {
        "HEAD"
    } else if body.is_some() {
        "POST"
    } else {
        "GET"
    };
    let records = match (args.ipv4, args.ipv6) {
        (true, _) => vec![RecordType::A],
        (_, true) => vec![RecordType::AAAA],
        _ => vec![RecordType::A, RecordType::AAAA],
    };
    Ok(Job {
        url,
        method: args.method.clone().unwrap_or_else(|| implied.to_owned()),
        headers: args.headers.iter().map(|line| header(line)).collect::<Result<_, _>>()?,
        body,
        trust: trust(args)?,
        resolve: args.resolve.clone(),
        records,
        connect_timeout: args.connect_timeout,
        max_time: args.max_time,
    })
}

fn header(line: &str) -> Result<(String, String), Failure> {
    match line.split_once(':') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(Failure::new(
            Step::Usage,
            format!("-H {line:?} has no colon; a field is \"Name: value\", RFC 9110 §5"),
        )),
    }
}

fn request_body(data: &str) -> Result<Vec<u8>, Failure> {
    match data.strip_prefix('@') {
        Some(file) => read_file(Path::new(file)),
        None => Ok(data.as_bytes().to_vec()),
    }
}

fn trust(args: &FetchArgs) -> Result<Trust, Failure> {
    if args.insecure {
        return Ok(Trust::Nothing);
    }
    let pem = match (&args.cacert, args.net) {
        (Some(file), _) => read_file(file)?,
        (None, Net::Toy) => toy::root_pem().map_err(|error| toy::failure(&error))?.into_bytes(),
        (None, _) => return Ok(Trust::System),
    };
    Ok(Trust::Pem(pem))
}

/// The network that the command line names.
pub(super) fn open_network(args: &FetchArgs) -> Result<Box<dyn Network>, Failure> {
    if let Some(name) = args.scene.as_deref().filter(|_| args.net == Net::Toy) {
        let scene = find_scene(name)?;
        let seed = args.seed.unwrap_or(1);
        let about = format!("the scene {} (seed {seed})", scene.name);
        let stage = Stage::new(seed).broken(args.breaks.breakage());
        let seated = (scene.set)(stage).and_then(|set| Toy::seated(set, about));
        return Ok(Box::new(seated.map_err(|error| toy::failure(error.as_ref()))?));
    }
    if args.net == Net::Toy {
        let defaults = ToyOptions::default();
        let options = ToyOptions {
            seed: args.seed.unwrap_or(defaults.seed),
            round_trip: args.rtt.map_or(defaults.round_trip, |ms| Duration::from_secs_f64(ms / 1000.0)),
            loss: args.loss.map_or(defaults.loss, |percent| percent / 100.0),
        };
        let stage = Stage::new(options.seed).broken(args.breaks.breakage());
        return Ok(Box::new(Toy::on(stage, options).map_err(|error| toy::failure(error.as_ref()))?));
    }
    let rng = generator(args.seed)?;
    let names = args.resolver.map_or_else(Names::of_system, |server| Ok(Names::of_server(server)))?;
    match args.net {
        Net::Raw => network::raw(names, rng),
        _ => network::os(names, rng),
    }
}

/// The generator: from `--seed`, or from the system's randomness.
fn generator(seed: Option<u64>) -> Result<ChaCha8Rng, Failure> {
    if let Some(seed) = seed {
        return Ok(ChaCha8Rng::seed_from_u64(seed));
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::new(Step::Usage, format!("the system has no randomness: {error}")))?;
    Ok(ChaCha8Rng::from_seed(seed))
}
