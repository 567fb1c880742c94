//! What is to be said beside the records: how the answer came, what the server added, what is odd about it.

use barewire_dissect::{printable, several};
use barewire_dns::stub::Special;
use barewire_dns::{EdnsOption, Message, OptionCode, Rcode};

use super::asked::Asked;
use super::timing;
use crate::cli::ResolveArgs;
use crate::idn;

/// The notes to a question, each a sentence.
pub(super) fn notes(args: &ResolveArgs, asked: &Asked) -> Vec<String> {
    let mut notes = about_name(asked);
    notes.extend(asked.steps.iter().cloned());
    notes.extend(ignored(asked));
    if let Some(message) = asked.message.as_ref() {
        if args.verbose {
            notes.push(flags(message));
        }
        notes.extend(message.notes.iter().map(|note| format!("the reply is not quite right: {note}")));
        notes.extend(authenticated(asked, message));
        notes.extend(options(asked, message));
        notes.extend(without_option(asked, message));
    }
    if args.time || args.verbose {
        notes.push(timing::sentence(asked));
    }
    notes.into_iter().map(|note| printable(&note)).collect()
}

/// A name that is another one in the DNS, or that a program would not ask for.
fn about_name(asked: &Asked) -> Vec<String> {
    let (typed, name) = (&asked.typed, asked.name.to_string());
    let in_dns =
        (!typed.is_ascii()).then(|| format!("{typed} is {name} in the DNS: A-labels (RFC 5890 §2.3.2.1)"));
    let for_people =
        idn::to_unicode(&name).filter(|_| typed.is_ascii()).map(|text| format!("{name} is read as {text}"));
    let special = Special::of(&asked.name).map(|special| {
        format!(
            "a program would not ask for a name in {}: {} has it answered here",
            special.label, special.rule
        )
    });
    [in_dns, for_people, special].into_iter().flatten().collect()
}

/// What was not taken for the reply, and how often.
pub(super) fn ignored(asked: &Asked) -> Vec<String> {
    let told = asked.ignored.iter().map(|(why, from, count)| {
        format!("ignored {} from {from}: {why}", several((*count).into(), "message"))
    });
    let more = (asked.more_ignored > 0).then(|| {
        format!("ignored {} without a look at each", several(asked.more_ignored.into(), "more message"))
    });
    told.chain(more).collect()
}

/// `NOERROR; flags qr aa rd; 1 question, 1 answer, 0 authority and 1 additional records; EDNS 0, 1232 bytes`
fn flags(message: &Message) -> String {
    let header = &message.header;
    let set = [
        ("qr", header.qr),
        ("aa", header.aa),
        ("tc", header.tc),
        ("rd", header.rd),
        ("ra", header.ra),
        ("z", header.z),
        ("ad", header.ad),
        ("cd", header.cd),
    ];
    let set: Vec<&str> = set.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name).collect();
    let (answers, authorities) = (message.answers.len(), message.authorities.len());
    let edns = message.edns.as_ref().map_or("no EDNS".to_owned(), |edns| {
        let wants = if edns.dnssec_ok { ", DO" } else { "" };
        format!("EDNS {}, UDP of {} bytes{wants}", edns.version, edns.udp_size)
    });
    format!(
        "{}; flags {}; records: {answers} answer, {authorities} authority, {} additional; {edns}",
        header.rcode,
        set.join(" "),
        message.additionals.len(),
    )
}

fn authenticated(asked: &Asked, message: &Message) -> Option<String> {
    let wanted = asked.config.dnssec_ok || asked.config.authentic_data;
    let sentence = "AD: the server says that it checked the signatures; that is worth as much as the path to it \
                    (RFC 4035 §4.9.3)";
    (wanted && message.header.ad).then(|| sentence.to_owned())
}

/// The options that came back. Padding says nothing, and an error's extended errors stand in its sentence.
fn options(asked: &Asked, message: &Message) -> Vec<String> {
    let options = message.edns.iter().flat_map(|edns| &edns.options);
    let told_elsewhere = asked.exit_code() == super::asked::FAILED;
    let is_news = |option: &&EdnsOption| match option {
        EdnsOption::Padding(_) => false,
        EdnsOption::ExtendedError(_) => !told_elsewhere,
        _ => true,
    };
    options.filter(is_news).map(|option| in_words(asked, option)).collect()
}

fn in_words(asked: &Asked, option: &EdnsOption) -> String {
    match option {
        EdnsOption::Nsid(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => format!("the server calls itself {text:?} (NSID)"),
            Err(_) => option.to_string(),
        },
        EdnsOption::Cookie { client, server } => {
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let options = asked.config.options.list();
            let is_given = options
                .iter()
                .any(|option| matches!(option, EdnsOption::Cookie { client: given, .. } if given == client));
            // Of its own cookies the exchange ignores those that are not what was sent.
            let ours = asked.config.cookies || is_given;
            let is_wanted =
                asked.message.as_ref().is_some_and(|message| message.header.rcode == Rcode::BADCOOKIE);
            let remark = match ours {
                false => "; the first 8 bytes are not what we sent: forged? (RFC 7873 §5.3)",
                true if is_wanted => "; the server wants it back: ask again with --cookie= and these digits",
                true => "",
            };
            format!("cookie {}{}{remark}", hex(client), hex(server))
        }
        EdnsOption::ClientSubnet(subnet) => {
            format!("{subnet}: the answer is for clients in the first {} bits (RFC 7871 §6)", subnet.scope)
        }
        EdnsOption::ExtendedError(error) => format!("the server adds: {error}"),
        other => other.to_string(),
    }
}

/// An option that was sent, and that the server took no notice of.
fn without_option(asked: &Asked, message: &Message) -> Vec<String> {
    let came = |code: OptionCode| {
        let mut options = message.edns.iter().flat_map(|edns| &edns.options);
        options.any(|option| option.code() == code)
    };
    let cookie = asked.config.cookies.then_some(OptionCode::COOKIE);
    let sent = asked.config.options.list().iter().map(EdnsOption::code).chain(cookie);
    let sentence = |code: OptionCode| match code {
        OptionCode::NSID => "the server does not say which one it is (NSID)",
        OptionCode::COOKIE => "no cookie came back",
        OptionCode::CLIENT_SUBNET => "the server says nothing about the subnet",
        _ => "the server says nothing to an option",
    };
    sent.filter(|code| !came(*code)).map(|code| sentence(code).to_owned()).collect()
}
