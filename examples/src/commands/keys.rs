//! `barewire keys`: the key schedule of RFC 8446 §7.1, filled in with the values of a connection. Tested in
//! `tests/keys.rs`.
//!
//! A fetch has a ledger with all of it. A capture with a key log has the transcript and the traffic secrets; what lies
//! between them no key log tells.

mod diagnosis;

use std::path::Path;

use barewire_tls13::Ledger;

use super::input::read_story;
use super::output::{complain, print, style};
use super::{fetch, keylog};
use crate::cli::{FetchArgs, KeysArgs};
use crate::failure::{Failure, Step};
use crate::story::{Config, Selection, Transport};
use crate::views::{self, KeysForm};

/// A connection to show.
struct Shown {
    name: String,
    ledger: Ledger,
    /// What is said of what went wrong.
    remarks: Vec<String>,
}

/// Runs the command: exit code 0, 1 where there is nothing to show, or that of a fetch that failed.
///
/// # Errors
/// [`Failure`]: bad flags, or a file that cannot be read.
pub fn run(args: &KeysArgs) -> Result<u8, Failure> {
    let (shown, failure) = match &args.target {
        Some(target) if !target.contains("://") => (of_capture(args, Path::new(target))?, None),
        _ => of_fetch(args)?,
    };
    // A server writes its log while the fetch runs.
    let peer = args.peer.as_deref().map(|path| keylog::read(Some(path))).transpose()?;
    let nothing = shown.is_empty();
    for (index, mut one) in shown.into_iter().enumerate() {
        one.remarks.extend(peer.as_deref().map(|log| diagnosis::against(&one.ledger, log)));
        let between = if index > 0 && !args.json { "\n" } else { "" };
        print(&format!("{between}{}", drawn(args, &one)))?;
    }
    match failure {
        Some(failure) => Err(failure),
        None if nothing => {
            complain(
                "no connection of TLS 1.3 came as far as a ServerHello: there is no key schedule to show",
            );
            Ok(1)
        }
        None => Ok(0),
    }
}

fn drawn(args: &KeysArgs, Shown { name, ledger, remarks }: &Shown) -> String {
    match (args.json, args.openssl) {
        (true, _) => views::json::keys(name, ledger, remarks),
        (_, true) => views::keys_for_openssl(name, ledger),
        _ => {
            let form = if args.full { KeysForm::Whole } else { KeysForm::Short };
            views::keys(name, ledger, remarks, form, &style())
        }
    }
}

/// Fetches, and keeps a ledger of each connection. It is worth showing also where the fetch failed.
fn of_fetch(args: &KeysArgs) -> Result<(Vec<Shown>, Option<Failure>), Failure> {
    if !args.stream.is_empty() || args.keylog.is_some() {
        return Err(Failure::new(Step::Usage, "--stream and --keylog are for captures"));
    }
    let fetch_args = FetchArgs::of(args.target.iter().cloned().collect(), args.network.clone());
    let (ledgers, failure) = fetch::ledgers(&fetch_args)?;
    let name = args.target.as_deref().unwrap_or("the toy internet's first page");
    let several = ledgers.len() > 1;
    let named = |(index, ledger)| {
        let name = if several { format!("{name}, connection {}", index + 1) } else { name.to_owned() };
        let remarks = diagnosis::of_failure(&ledger).into_iter().collect();
        Shown { name, ledger, remarks }
    };
    Ok((ledgers.into_iter().enumerate().map(named).collect(), failure))
}

fn of_capture(args: &KeysArgs, path: &Path) -> Result<Vec<Shown>, Failure> {
    if path != Path::new("-") && !path.exists() {
        let text = format!("{}: this file does not exist, and a URL begins with https://", path.display());
        return Err(Failure::new(Step::Input, text));
    }
    let config = Config {
        key_log: keylog::read(args.keylog.as_deref())?,
        selection: Selection { streams: args.stream.clone(), ..Selection::default() },
        keep_parts: true,
        keep_ledgers: true,
        ..Config::default()
    };
    let mut story = read_story(path, config)?;
    if let Some(why) = &story.tally.cut {
        complain(&format!("{}: not read to its end: {why}", path.display()));
    }
    let chosen = |stream: &usize| args.stream.is_empty() || args.stream.contains(&(Transport::Tcp, *stream));
    let ledgers = std::mem::take(&mut story.ledgers);
    let named = |(stream, ledger): (usize, Ledger)| {
        if ledger.keys().is_empty() {
            complain(&format!(
                "tcp {stream}: no record of it was opened, so only its hellos can be read; --keylog FILE gives secrets"
            ));
        }
        let remarks = diagnosis::of_records(&story, stream, &ledger);
        Shown { name: format!("{}, tcp {stream}", path.display()), ledger, remarks }
    };
    Ok(ledgers.into_iter().filter(|(stream, _)| chosen(stream)).map(named).collect())
}
