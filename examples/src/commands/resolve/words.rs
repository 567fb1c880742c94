//! Which word of the command line is a name, which a type, which a server: in any order, as dig has it.

use std::net::IpAddr;

use barewire_dns::{Name, RecordType};

use super::dig;
use crate::cli::ResolveArgs;
use crate::failure::{Failure, Step};
use crate::idn;

/// What the words say.
pub(super) struct Words {
    /// The names to ask for, with every type.
    pub(super) names: Vec<Typed>,
    /// The types, at least one.
    pub(super) types: Vec<RecordType>,
    /// The addresses to ask for the names of.
    pub(super) reverse: Vec<IpAddr>,
    /// What stands after each `@`.
    pub(super) servers: Vec<String>,
}

/// A name.
pub(super) struct Typed {
    /// As it was typed.
    pub(super) text: String,
    /// As the DNS has it: in ASCII.
    pub(super) ascii: String,
}

/// Sorts the words.
pub(super) fn read(args: &ResolveArgs) -> Result<Words, Failure> {
    let mut words =
        Words { names: Vec::new(), types: Vec::new(), reverse: args.reverse.clone(), servers: Vec::new() };
    for word in &args.words {
        if let Some(server) = word.strip_prefix('@') {
            words.servers.push(server.to_owned());
        } else if word.starts_with('+') {
            return Err(usage(dig::hint(word)));
        } else if let Some(rtype) = RecordType::from_name(word) {
            words.types.push(rtype);
        } else if is_class(word)? {
            // IN is what is asked for anyway.
        } else {
            not_an_address(word)?;
            words.names.push(typed(word)?);
        }
    }
    let given = args.names.iter().map(|name| typed(name));
    words.names.extend(given.collect::<Result<Vec<_>, _>>()?);
    words.types.extend(&args.types);
    words.types.iter().try_for_each(|rtype| can_be_asked_for(*rtype))?;
    if words.types.is_empty() {
        words.types.push(RecordType::A);
    }
    Ok(words)
}

/// Whether a word is the class IN. Other classes are left out, so that a word like theirs is not taken for a name.
fn is_class(word: &str) -> Result<bool, Failure> {
    if ["CH", "CHAOS", "HS", "HESIOD"].iter().any(|class| word.eq_ignore_ascii_case(class)) {
        let why = format!("{word} is a class, and only IN is asked for here; -q {word} asks for that name");
        return Err(usage(why));
    }
    Ok(word.eq_ignore_ascii_case("IN"))
}

fn typed(word: &str) -> Result<Typed, Failure> {
    if word.contains("://") {
        return Err(usage(format!("{word:?} is a URL; resolve wants the name in it")));
    }
    let ascii = idn::to_ascii(word).map_err(usage)?;
    Name::parse_text(&ascii).map_err(|refused| usage(format!("{word:?} is not a name: {refused}")))?;
    Ok(Typed { text: word.to_owned(), ascii })
}

/// An address is a name, too, but nobody means that one.
fn not_an_address(word: &str) -> Result<(), Failure> {
    match word.parse::<IpAddr>() {
        Ok(_) => Err(usage(format!(
            "{word} is an address: -x {word} asks for its name, and @{word} asks the server there"
        ))),
        Err(_) => Ok(()),
    }
}

fn can_be_asked_for(rtype: RecordType) -> Result<(), Failure> {
    match rtype {
        RecordType::AXFR | RecordType::IXFR => Err(usage(format!(
            "{rtype} is a zone transfer, which has many messages and no answer; dig @SERVER ZONE {rtype} does it"
        ))),
        RecordType::OPT | RecordType::TSIG => {
            Err(usage(format!("{rtype} is about a message, and stands in no zone")))
        }
        _ => Ok(()),
    }
}

fn usage(why: String) -> Failure {
    Failure::new(Step::Usage, why)
}
