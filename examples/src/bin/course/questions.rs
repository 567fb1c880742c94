//! The questions about a trace, and their answers, read from its story.

use barewire::story::{Fate, Layer as Spoken, Row, Says, Story};
use barewire_dissect::Node;
use barewire_http1::observe::What;
use barewire_tls13::handshake::HandshakeType;

use crate::layer::Layer;

/// A question, and what is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) asks: String,
    pub(crate) answer: String,
}

impl Question {
    /// Whether that is the answer. Case, spaces, commas and hyphens do not count; a number may be written in
    /// hexadecimal with `0x`, and with a word beside it: `frame 24`, `18 ms`.
    pub(crate) fn is_answered_by(&self, given: &str) -> bool {
        match self.answer.parse::<u64>() {
            Ok(number) => number_in(given) == Some(number),
            Err(_) => plain(given) == plain(&self.answer),
        }
    }
}

fn plain(answer: &str) -> String {
    let text: String =
        answer.to_lowercase().chars().filter(|c| !c.is_whitespace() && !",_-".contains(*c)).collect();
    text.trim_end_matches('.').to_owned()
}

/// The one number in a text.
fn number_in(given: &str) -> Option<u64> {
    let text: String = given.to_lowercase().chars().filter(|c| !",_".contains(*c)).collect();
    let words = text.split(|c: char| c.is_whitespace() || c == '#').filter(|word| !word.is_empty());
    let mut numbers = words.filter_map(|word| match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok(),
    });
    let number = numbers.next()?;
    numbers.next().is_none().then_some(number)
}

/// The questions about a story. The seed chooses the frames that they are about.
pub(crate) fn of(story: &Story, layer: Layer, seed: u64) -> Vec<Question> {
    match layer {
        Layer::Dns => dns(story, seed),
        Layer::Tcp => tcp(story, seed),
        Layer::Tls => tls(story, seed),
        Layer::Http => http(story),
    }
}

fn ask(asks: impl Into<String>, answer: impl ToString) -> Question {
    Question { asks: asks.into(), answer: answer.to_string() }
}

/// The value of a field in the section of a row whose title begins so.
fn field(row: &Row, section: &str, name: &str) -> Option<String> {
    let sections = row.sections();
    let section = sections.iter().find(|one| one.title.starts_with(section))?;
    section.tree.find(name)?.value.clone()
}

fn dns(story: &Story, seed: u64) -> Vec<Question> {
    let mut questions = Vec::new();
    let rows: Vec<&Row> =
        story.rows.iter().filter(|row| row.says(|says| matches!(says, Says::Dns { .. }))).collect();
    let [query, reply, ..] = rows[..] else { return questions };
    let (asked, answered) = (query.frame, reply.frame);
    questions.extend(
        field(query, "DNS", "ID")
            .map(|id| ask(format!("Which ID does the query in frame {asked} have?"), id)),
    );
    let pointers = pointers(reply);
    if let Some(Pointer { at, to, name }) = pointers.get((seed >> 16) as usize % pointers.len().max(1)) {
        let place = format!("byte {at} of the DNS message in frame {answered}");
        questions.push(ask(format!("To which byte does the pointer at {place} lead?"), to));
        questions.push(ask(format!("Which whole name stands where the pointer at {place} leads?"), name));
    }
    questions.push(ask(format!("How many pointers are in the message of frame {answered}?"), pointers.len()));
    let took = (reply.time - query.time).as_millis();
    questions.push(ask("How many whole milliseconds passed between the two?", took));
    questions
}

/// A pointer in a DNS message: its first byte, the byte that it leads to, and the name that stands there.
struct Pointer {
    at: usize,
    to: usize,
    name: String,
}

/// The pointers of a message, in order. The name where one leads is what its own name has after the labels before it.
fn pointers(row: &Row) -> Vec<Pointer> {
    let sections = row.sections();
    let Some(section) = sections.iter().find(|section| section.title.starts_with("DNS")) else {
        return Vec::new();
    };
    let of_name = |name: &Node| {
        let pointer = name.children.iter().find(|part| part.name == "pointer")?;
        let to = pointer.value.as_ref()?.strip_prefix("to byte ")?.parse().ok()?;
        let labels = name.children.iter().filter(|part| part.name == "label").count();
        let after: Vec<&str> = name.value.as_ref()?.split('.').skip(labels).collect();
        Some(Pointer { at: pointer.range.start, to, name: after.join(".") })
    };
    section.tree.walk().filter_map(|(_, node)| of_name(node)).collect()
}

fn tcp(story: &Story, seed: u64) -> Vec<Question> {
    let mut questions = Vec::new();
    let segments: Vec<&Row> = story.rows.iter().filter(|row| row.segment.is_some()).collect();
    let lost: Vec<&&Row> = segments.iter().filter(|row| row.fate == Fate::Lost).collect();
    questions
        .extend(lost.first().map(|row| ask("Which frame is the first that was lost on its way?", row.frame)));
    let repeated = segments.iter().filter(|row| row.is_repeated());
    questions.extend(
        repeated
            .clone()
            .next()
            .map(|row| ask("Which frame is the first that repeats what was sent before?", row.frame)),
    );
    questions.push(ask("How many frames repeat what was sent before?", repeated.count()));
    // The capture was made at the client, so what the client knows is certain. The server learns of an ACK later.
    let known: Vec<(&&Row, u32)> = segments
        .iter()
        .filter(|row| row.fate == Fate::Seen)
        .filter_map(|row| Some((row, row.ends.as_ref()?.tcp?[0].rcv_nxt?)))
        .filter(|(_, next)| *next > 1)
        .collect();
    if let Some((row, next)) = known.get((seed >> 16) as usize % known.len().max(1)) {
        let asks = format!(
            "What is RCV.NXT of the client after frame {} (relative to the server's SYN)?",
            row.frame
        );
        questions.push(ask(asks, next));
    }
    questions
}

fn tls(story: &Story, seed: u64) -> Vec<Question> {
    let mut questions = Vec::new();
    let holds = |row: &Row, kind: HandshakeType| {
        row.says(|says| matches!(says, Says::Handshake(one) if one.kind == kind))
    };
    let hellos = story.rows.iter().filter(|row| holds(row, HandshakeType::CLIENT_HELLO)).count();
    questions.push(ask("How many ClientHello messages does the client send?", hellos));
    let finished =
        story.rows.iter().find(|row| story.is_from_client(row) && holds(row, HandshakeType::FINISHED));
    questions.extend(finished.map(|row| ask("In which frame does the client's Finished travel?", row.frame)));
    let known: Vec<(&Row, String)> = story
        .rows
        .iter()
        .filter_map(|row| Some((row, row.ends.as_ref()?.tls.as_ref()?[0].to_string())))
        .filter(|(_, state)| state.starts_with("WAIT"))
        .collect();
    if let Some((row, state)) = known.get((seed >> 16) as usize % known.len().max(1)) {
        let asks = format!("In which state of RFC 8446 §A.1 is the client after frame {}?", row.frame);
        questions.push(ask(asks, state));
    }
    let certificate = story.rows.iter().find(|row| holds(row, HandshakeType::CERTIFICATE));
    questions
        .extend(certificate.map(|row| ask("In which frame does the server's Certificate end?", row.frame)));
    questions
}

fn http(story: &Story) -> Vec<Question> {
    let mut questions = Vec::new();
    let heads =
        story.rows.iter().flat_map(|row| row.messages.iter().map(move |message| (row, &message.says)));
    for (row, says) in heads {
        let Says::Http(what) = says else { continue };
        if let What::ResponseHead { framing: Some(framing), .. } = &**what {
            questions.push(ask("In which frame does the head of the response end?", row.frame));
            let asks = "Which rule of RFC 9112 §6.3 (its number) says where the body ends?";
            questions.push(ask(asks, framing.rule));
        }
    }
    let content = story.rows.iter().flat_map(|row| &row.messages).filter_map(|message| match message.says {
        Says::Content { so_far, .. } => Some(so_far),
        _ => None,
    });
    questions
        .extend(content.max().map(|bytes| ask("How many bytes of content does the response have?", bytes)));
    let ends = |says: &Says| matches!(says, Says::EndOfMessage { response: true });
    questions.extend(
        story
            .rows
            .iter()
            .find(|row| row.says(ends))
            .map(|row| ask("In which frame is it clear that the response is complete?", row.frame)),
    );
    let of_http = |row: &&Row| row.messages.iter().any(|message| message.layer() == Spoken::Http);
    questions
        .push(ask("How many frames carry something of HTTP?", story.rows.iter().filter(of_http).count()));
    questions
}

#[cfg(test)]
mod tests {
    use super::ask;

    #[test]
    fn what_people_type_is_read() {
        let number = ask("?", 24);
        for given in ["24", "024", "frame 24", "#24", "24ms", " 24 ms ", "0x18"] {
            assert!(number.is_answered_by(given), "{given}");
        }
        for given in ["25", "24 25", "frame", "", "18", "2 4"] {
            assert!(!number.is_answered_by(given), "{given}");
        }
        let thousands = ask("?", 34_081);
        assert!(thousands.is_answered_by("34,081") && thousands.is_answered_by("34_081"));
        let words = ask("?", "WAIT_SH");
        assert!(
            words.is_answered_by("wait-sh")
                && words.is_answered_by("WAIT_SH.")
                && !words.is_answered_by("WAIT")
        );
    }
}
