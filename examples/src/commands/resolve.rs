//! `barewire resolve`: questions to DNS servers, and what they say, in the manner of dig.
//!
//! ```text
//!   words ──▶ questions, servers ──▶ ask, each on its own ──▶ table and notes, or JSON, or bytes
//! ```
//!
//! The lookup is [`Query`](barewire_dns::stub::Query) of the dns crate: several servers, the step to TCP, aliases. Here
//! it is only watched. With `--from-root` no other resolver is asked: `walk` goes from the root down. Left out: zone
//! transfers, classes other than IN, /etc/hosts. Tested in `tests/resolve`.

mod ask;
mod asked;
mod carried;
mod dig;
mod found;
mod json;
mod notes;
mod options;
mod place;
mod table;
mod text;
mod timing;
mod ttl;
mod walk;
mod words;

pub(super) use walk::{anchors, has_route, hints_from_file, real_hints}; // of `serve-dns --recursive`, too

use super::output::{complain, print, style};
use crate::cli::ResolveArgs;
use crate::failure::Failure;
use asked::Asked;
use place::Place;

/// Runs the command. The exit code is the highest of its questions.
///
/// # Errors
/// [`Failure`]: bad flags, no server to ask, or standard output cannot be written.
pub fn run(args: &ResolveArgs) -> Result<u8, Failure> {
    let words = words::read(args)?;
    if args.walk.from_root {
        return walk::run(args, &words);
    }
    let mut place = place::open(args, &words.servers)?;
    let config = options::config(args, &place)?;
    let questions = options::questions(args, &words, place.toy.is_some(), place.names.as_ref())?;
    let asked = ask::all(&mut place, questions, &config);
    print(&shown(args, &asked, &place))?;
    if !args.json {
        // NXDOMAIN is the same for every type.
        let mut complaints: Vec<String> = asked.iter().filter_map(Asked::complaint).collect();
        complaints.dedup();
        complaints.iter().for_each(|why| complain(why));
    }
    Ok(asked.iter().map(Asked::exit_code).max().unwrap_or(0))
}

/// What goes to standard output.
fn shown(args: &ResolveArgs, asked: &[Asked], place: &Place) -> String {
    if args.json {
        asked.iter().map(|asked| format!("{}\n", json::object(asked))).collect()
    } else if args.short {
        asked
            .iter()
            .flat_map(found::rows)
            .filter(found::Row::is_answer)
            .map(|row| row.data() + "\n")
            .collect()
    } else {
        let in_vain = asked.iter().any(|asked| asked.exit_code() > 0);
        text::text(args, asked, &place.about(in_vain), &style())
    }
}
