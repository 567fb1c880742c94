//! From the flags of `fetch` to a job and a network.

use std::path::{Path, PathBuf};
use std::time::Duration;

use barewire_dns::RecordType;
use barewire_http1::Tolerances;
use barewire_tls13::Trust;

use super::request;
use crate::cli::{FetchArgs, Groups, Net, NetworkArgs, RetryArgs, Tolerance};
use crate::commands::input::read_file;
use crate::commands::output::{Destination, complain};
use crate::commands::scene::find_scene;
use crate::commands::seed::generator;
use crate::failure::{Failure, Step};
use crate::fetch::pool::{Backoff, retry};
use crate::fetch::{Config, Direct, Job, Limit, Limits, Proxy, Redirects, Retries};
use crate::network::{self, Names, Network, Toy, ToyOptions, toy};
use crate::services::stage::Stage;
use crate::url::Url;

/// What is fetched when nothing is named.
const DEFAULT_URL: &str = "https://www.example.test/";

/// Flags that would do nothing are refused, so that nobody takes a figure for what it is not.
pub(super) fn check(args: &FetchArgs) -> Result<(), Failure> {
    let toy = args.network.net == Net::Toy;
    if !toy && (args.network.rtt.is_some() || args.network.loss.is_some()) {
        return Err(Failure::new(
            Step::Usage,
            "--rtt and --loss bend the toy internet; a real network has its own",
        ));
    }
    if cfg!(target_family = "wasm") && args.network.cold {
        return Err(Failure::new(Step::Usage, "--cold: this program has no room for a resolver that walks"));
    }
    if !toy && args.network.cold {
        return Err(Failure::new(
            Step::Usage,
            "--cold is about the toy internet's resolver; nobody knows what another one knows",
        ));
    }
    if !toy && args.network.scene.is_some() {
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
    if args.network.tcp_fastopen && args.network.net == Net::Os {
        return Err(Failure::new(
            Step::Usage,
            "--tcp-fastopen is for our TCP, over toy or raw; the kernel keeps cookies of its own",
        ));
    }
    if (args.csv.is_some() || args.cwnd) && args.network.net == Net::Os {
        let flag = if args.cwnd { "--cwnd" } else { "--csv" };
        return Err(Failure::new(
            Step::Usage,
            format!("{flag} is about our TCP, over toy or raw; the kernel does not show what it decides by"),
        ));
    }
    if toy && args.network.resolver.is_some() {
        return Err(Failure::new(
            Step::Usage,
            "--resolver is for real networks; the toy internet has its own resolver",
        ));
    }
    if args.network.parallel && args.network.net == Net::Raw {
        return Err(Failure::new(
            Step::Usage,
            "-Z is for toy and os: each connection over raw has its own stack",
        ));
    }
    if args.files_out.is_on_stdout() && (args.step || destinations(args)?.contains(&Destination::Stdout)) {
        return Err(Failure::new(
            Step::Usage,
            "--report - takes standard output: the body needs -o FILE, and --step a report in a file",
        ));
    }
    Ok(())
}

/// What is to be fetched.
fn urls(args: &FetchArgs) -> Result<Vec<Url>, Failure> {
    match (&args.urls[..], args.network.net) {
        ([], Net::Toy) => Ok(vec![Url::parse(DEFAULT_URL)?]),
        ([], _) => {
            Err(Failure::new(Step::Usage, "which URL? Only the toy internet has a page of its own to show"))
        }
        (urls, _) if args.request.path_as_is => urls.iter().map(|url| Url::parse(url)).collect(),
        (urls, _) => urls.iter().map(|url| Ok(Url::parse(url)?.without_dot_segments())).collect(),
    }
}

/// The jobs that the command line describes, one for each URL. Its files are read once, and so is standard input: every
/// URL gets the same.
pub(super) fn jobs(args: &FetchArgs) -> Result<Vec<Job>, Failure> {
    let files = &args.request.upload_file;
    if files.iter().filter(|file| *file == Path::new("-")).count() > 1 {
        return Err(Failure::new(Step::Usage, "-T -: standard input cannot be read twice"));
    }
    if let Some(whole) = args.request.range.as_deref().and_then(request::whole_range)
        && !args.answer.silent
    {
        complain(&format!("a range has a hyphen: -r {whole} is taken"));
    }
    let urls = urls(args)?;
    if files.len() > urls.len() {
        return Err(Failure::new(Step::Usage, "there are more -T than URLs"));
    }
    let mut plain: Option<Job> = None;
    let mut jobs = Vec::new();
    for (index, url) in urls.into_iter().enumerate() {
        jobs.push(match (files.get(index), &plain) {
            (Some(file), _) => job(args, url, Some(file))?,
            (None, Some(described)) => Job { url, ..described.clone() },
            (None, None) => plain.insert(job(args, url, None)?).clone(),
        });
    }
    Ok(jobs)
}

fn job(args: &FetchArgs, url: Url, file: Option<&PathBuf>) -> Result<Job, Failure> {
    let records = match (args.network.ipv4, args.network.ipv6) {
        (true, _) => vec![RecordType::A],
        (_, true) => vec![RecordType::AAAA],
        _ => vec![RecordType::A, RecordType::AAAA],
    };
    let mut job = Job {
        early_data: args.network.early_data,
        resolve: args.network.resolve.clone(),
        records,
        tolerate: tolerances(&args.answer.tolerate),
        // As in curl, an empty name asks for none.
        proxy: args
            .network
            .proxy
            .as_deref()
            .filter(|name| !name.is_empty())
            .map(|proxy| self::proxy(proxy, &args.network))
            .transpose()?,
        direct: Direct::parse(args.network.noproxy.as_deref().unwrap_or_default()),
        ..Job::of(url, trust(args)?)
    };
    if let Some(Groups(groups)) = &args.network.curves {
        job.groups.clone_from(groups);
    }
    request::describe(&args.request, file.map(PathBuf::as_path), &mut job)?;
    job.limits = limits(&args.network, &Limits::usual(job.body.is_some() || job.upload.is_some()));
    Ok(job)
}

/// The proxy, and who asks it: -U counts more than what stands before its host.
fn proxy(text: &str, args: &NetworkArgs) -> Result<Proxy, Failure> {
    let (proxy, named) = Proxy::parse(text)?;
    let named = named.map(|named| decoded(if named.contains(':') { named } else { named + ":" }));
    let user = args.proxy_user.clone().or(named);
    Ok(Proxy { authorization: user.map(|user| request::basic(&user, "-U")).transpose()?, ..proxy })
}

/// Undoes percent-encoding.
fn decoded(text: String) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = rest.get(1..3).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or(text)
}

/// What is given counts; 0 takes the limit away.
fn limits(args: &NetworkArgs, usual: &Limits) -> Limits {
    let limit = |given: Option<Duration>, usual: Option<Duration>| match given {
        Some(Duration::ZERO) => None,
        given => given.or(usual),
    };
    Limits {
        name: limit(args.dns_timeout, usual.name),
        tcp: limit(args.tcp_timeout, usual.tcp),
        tls: limit(args.tls_timeout, usual.tls),
        connecting: limit(args.connect_timeout, usual.connecting),
        total: limit(args.max_time, usual.total),
    }
}

/// How the URLs share their connections.
pub(super) fn config(args: &FetchArgs) -> Config {
    let at_once = if args.network.parallel { args.network.parallel_max.into() } else { 1 };
    let usual = Config::default();
    let budget = retry::Config { most: usual.budget.most.max(args.retry.retry), ..usual.budget };
    Config { keeps_connections: !args.network.no_keepalive, at_once, budget, ..usual }
}

/// What is tried again. As in curl, 0 for a time means that it is not given.
pub(super) fn retries(args: &RetryArgs) -> Retries {
    let given = |time: Option<Duration>| time.filter(|time| !time.is_zero());
    Retries {
        most: args.retry,
        delay: given(args.retry_delay),
        max_time: given(args.retry_max_time),
        refused: args.retry_connrefused,
        all_failures: args.retry_all_errors,
        backoff: Backoff::default(),
    }
}

/// Which redirects are followed.
pub(super) fn redirects(args: &FetchArgs) -> Redirects {
    Redirects::new(if args.answer.location { args.answer.max_redirs } else { Limit::Off })
}

fn tolerances(named: &[Tolerance]) -> Tolerances {
    Tolerances {
        bare_lf: named.contains(&Tolerance::BareLf),
        obs_fold: named.contains(&Tolerance::ObsFold),
        length_beside_coding: named.contains(&Tolerance::LengthBesideCoding),
        // Targets are what a server reads.
        ..Tolerances::default()
    }
}

fn trust(args: &FetchArgs) -> Result<Trust, Failure> {
    if args.network.insecure {
        return Ok(Trust::Nothing);
    }
    let pem = match (&args.network.cacert, args.network.net) {
        (Some(file), _) => {
            // Read now: with a file that is of no use nobody has to connect.
            let unusable = |failure| Failure { step: Step::Anchors, ..failure };
            let pem = read_file(file).map_err(unusable)?;
            return Trust::Pem(pem).read().map_err(|error| unusable(Failure::tls(&error)));
        }
        (None, Net::Toy) => toy::root_pem().map_err(|error| toy::failure(&error))?.into_bytes(),
        (None, _) => return Ok(Trust::System),
    };
    Ok(Trust::Pem(pem))
}

/// Where the bodies go, one for each URL. The first -o or -O is for the first URL, and so on. Without a picture that
/// shows how it begins, a body without a place is printed as curl does.
pub(super) fn destinations(args: &FetchArgs) -> Result<Vec<Destination>, Failure> {
    let answer = &args.answer;
    let named = if answer.remote_name_all { usize::MAX } else { answer.remote_name.into() };
    let destination = |(index, url): (usize, &Url)| match answer.output.get(index) {
        Some(path) if path == Path::new("-") => Ok(Destination::Stdout),
        Some(path) => Ok(Destination::File(path.clone())),
        None if index < named => remote_name(url).map(Destination::File),
        None if answer.silent || answer.include => Ok(Destination::Stdout),
        None => Ok(Destination::Nowhere),
    };
    let urls = urls(args)?;
    if answer.output.len() > urls.len() || answer.remote_name as usize > urls.len() {
        return Err(Failure::new(Step::Usage, "there are more -o or -O than URLs"));
    }
    urls.iter().enumerate().map(destination).collect()
}

/// The last segment of the path: the name of the file, as curl -O takes it.
fn remote_name(url: &Url) -> Result<PathBuf, Failure> {
    let path = url.target.split('?').next().unwrap_or_default();
    match path.rsplit('/').next() {
        Some(name) if !matches!(name, "" | "." | "..") => Ok(PathBuf::from(name)),
        _ => Err(Failure::new(
            Step::Output,
            format!("-O: {url} ends with a folder, which is no name for a file"),
        )),
    }
}

/// The network that the command line names.
pub(super) fn open_network(args: &FetchArgs) -> Result<Box<dyn Network>, Failure> {
    if let Some(name) = args.network.scene.as_deref().filter(|_| args.network.net == Net::Toy) {
        let scene = find_scene(name)?;
        let seed = args.network.seed.unwrap_or(1);
        let about = format!("the scene {} (seed {seed})", scene.name);
        let stage = Stage::new(seed).broken(args.breaks.breakage()).with_fast_open(args.network.tcp_fastopen);
        let seated = (scene.set)(stage).and_then(|set| Toy::seated(set, about));
        return Ok(Box::new(seated.map_err(|error| toy::failure(error.as_ref()))?));
    }
    if args.network.net == Net::Toy {
        let defaults = ToyOptions::default();
        let options = ToyOptions {
            seed: args.network.seed.unwrap_or(defaults.seed),
            round_trip: args
                .network
                .rtt
                .map_or(defaults.round_trip, |ms| Duration::from_secs_f64(ms / 1000.0)),
            loss: args.network.loss.map_or(defaults.loss, |percent| percent / 100.0),
            cold: args.network.cold,
        };
        let stage =
            Stage::new(options.seed).broken(args.breaks.breakage()).with_fast_open(args.network.tcp_fastopen);
        return Ok(Box::new(Toy::on(stage, options).map_err(|error| toy::failure(error.as_ref()))?));
    }
    let rng = generator(args.network.seed)?;
    let names = args.network.resolver.map_or_else(Names::of_system, |server| Ok(Names::of_server(server)))?;
    names.complaints().for_each(complain);
    match args.network.net {
        Net::Raw => network::raw(names, rng, args.network.tcp_fastopen),
        _ => network::os(names, rng),
    }
}
