//! From the flags to settings and questions for the dns crate.

use std::time::Duration;

use barewire_dns::stub::{Config, QueryOptions, RandomCase};
use barewire_dns::{EdnsOption, Name, RecordType};

use super::ask::Question;
use super::place::Place;
use super::words::{Typed, Words};
use crate::cli::ResolveArgs;
use crate::failure::{Failure, Step};
use crate::network::Names;

/// What is asked for over the toy internet when no name is given.
const TOY_NAME: &str = "www.example.test";
/// How often a server is asked when only --timeout is given.
const USUAL_TRIES: u32 = 2;
/// The shortest first wait, if --timeout does not ask for less.
const LEAST_WAIT: Duration = Duration::from_millis(100);

/// How the questions are put.
pub(super) fn config(args: &ResolveArgs, place: &Place) -> Result<Config, Failure> {
    let asked = &args.question;
    let usual = place.names.as_ref().map(Names::config).unwrap_or_default();
    let config = Config {
        tcp_only: asked.tcp || usual.tcp_only,
        dnssec_ok: asked.dnssec,
        checking_disabled: asked.cd,
        authentic_data: asked.ad || usual.authentic_data,
        recursion_desired: !asked.no_recurse,
        random_case: if asked.case { RandomCase::On } else { RandomCase::Off },
        edns_udp_size: asked.bufsize.map_or(usual.edns_udp_size, |size| Some(size).filter(|size| *size > 0)),
        options: options(args)?,
        // A random cookie is the exchange's own: it knows what to do with the server's.
        cookies: asked.cookie.as_ref().is_some_and(|cookie| cookie.client.is_none()),
        ..usual
    };
    if config.edns_udp_size.is_none() && (asked.dnssec || config.cookies || !config.options.list().is_empty())
    {
        let why = "--bufsize 0 sends no EDNS, and --dnssec, --cookie, --subnet and --nsid stand in it";
        return Err(Failure::new(Step::Usage, why));
    }
    if args.servers.timeout.is_some_and(|time| time.is_zero()) {
        return Err(Failure::new(Step::Usage, "--timeout 0 leaves no time to ask"));
    }
    waits(args, place.servers.len(), config)
}

/// The options of EDNS. A cookie that was given goes to all servers that are asked.
fn options(args: &ResolveArgs) -> Result<QueryOptions, Failure> {
    let asked = &args.question;
    let mut options = Vec::new();
    options.extend(asked.nsid.then(|| EdnsOption::Nsid(Vec::new())));
    options.extend(asked.subnet.map(EdnsOption::ClientSubnet));
    options.extend(asked.cookie.as_ref().and_then(|given| {
        given.client.map(|client| EdnsOption::Cookie { client, server: given.server.clone() })
    }));
    QueryOptions::new(options).map_err(|refused| Failure::lesson(Step::Usage, &refused))
}

/// --timeout is for the whole question. With --tries the waits for each server are as 1 to 2 to 4, and so on, and fill
/// that time. So many tries that the first wait is shorter than most round trips need a --timeout.
fn waits(args: &ResolveArgs, servers: usize, config: Config) -> Result<Config, Failure> {
    let (timeout, tries) = (args.servers.timeout, args.servers.tries);
    if timeout.is_none() && tries.is_none() {
        return Ok(config);
    }
    let servers = u32::try_from(servers).unwrap_or(u32::MAX).max(1);
    let of_each = timeout.unwrap_or(config.total) / servers;
    let waits = tries.unwrap_or(USUAL_TRIES);
    let (udp, tcp) = (of_each / ((1 << waits) - 1), of_each / waits);
    if timeout.is_none() && udp < LEAST_WAIT && !config.tcp_only {
        let (total, first) = (config.total.as_secs_f64(), udp.as_millis());
        let why = format!("--tries {waits} within {total} s would begin with a wait of {first} ms");
        return Err(Failure::new(Step::Usage, format!("{why}: fewer tries, or a --timeout")));
    }
    Ok(match tries {
        // The end of the last wait is the end of the lookup, or there would be one more try.
        Some(_) if config.tcp_only => Config { tcp_wait: tcp, total: tcp * waits * servers, ..config },
        Some(_) => {
            Config { first_wait: udp, tcp_wait: tcp, total: udp * ((1 << waits) - 1) * servers, ..config }
        }
        None => {
            let first_wait = udp.min(config.first_wait);
            Config { first_wait, tcp_wait: tcp.min(config.tcp_wait), total: of_each * servers, ..config }
        }
    })
}

/// All questions: each name with each type, then the names of addresses.
pub(super) fn questions(
    args: &ResolveArgs,
    words: &Words,
    in_toy: bool,
    names: Option<&Names>,
) -> Result<Vec<Question>, Failure> {
    let toy = Typed { text: TOY_NAME.to_owned(), ascii: TOY_NAME.to_owned() };
    let toy = [toy];
    let typed = match &words.names[..] {
        [] if !words.reverse.is_empty() => &[],
        [] if in_toy => &toy[..],
        [] => return Err(Failure::new(Step::Usage, nothing_to_ask(words))),
        typed => typed,
    };
    let search = names.filter(|_| args.question.search);
    let mut questions = Vec::new();
    for typed in typed {
        let candidates = match search {
            Some(names) => names.candidates(&typed.ascii)?,
            None => Name::parse_text(&typed.ascii).into_iter().collect(),
        };
        questions.extend(words.types.iter().map(|rtype| Question {
            typed: typed.text.clone(),
            candidates: candidates.clone(),
            rtype: *rtype,
        }));
    }
    questions.extend(words.reverse.iter().map(|address| Question {
        typed: address.to_string(),
        candidates: vec![Name::reverse(*address)],
        rtype: RecordType::PTR,
    }));
    Ok(questions)
}

fn nothing_to_ask(words: &Words) -> String {
    let types: Vec<String> = words.types.iter().map(|rtype| rtype.name()).collect();
    let types = types.join(", ");
    format!("which name? ({types} is a type; -q {types} would ask for the name. . is the root.)")
}
