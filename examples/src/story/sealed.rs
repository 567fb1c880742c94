//! The steps of a TLS connection that nobody can open, guessed from the order of its encrypted records.
//!
//! The first encrypted record of each side ends with its Finished, and the handshake ends with the later of the two:
//! in TLS 1.3 the client's, in a whole handshake of TLS 1.2 the server's (RFC 5246 §7.3). The client's next record
//! carries the request, and what the server sends after that is the answer. Early data, client certificates and
//! tickets of TLS 1.3 make it a guess, and the budget says so.

use barewire_tls13::handshake::HandshakeType;

use super::message::Says;
use super::row::Row;
use super::step::Step;

/// Where the steps are, as indexes of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Guess {
    finished: Option<usize>,
    request: Option<usize>,
    first_byte: Option<usize>,
    last_byte: Option<usize>,
}

impl Guess {
    /// Looks at the encrypted records of a page's rows. Nothing is guessed where some of them could be opened, or where
    /// the beginning was not seen.
    pub(super) fn of(rows: &[&Row], from_client: impl Fn(&Row) -> bool) -> Guess {
        let opened = |row: &&Row| {
            let above = |says: &Says| matches!(says, Says::Http(_) | Says::Content { .. });
            row.messages.iter().any(|message| message.encrypted && above(&message.says))
        };
        let is_hello = |kind: HandshakeType| kind == HandshakeType::CLIENT_HELLO;
        let hello = |says: &Says| matches!(says, Says::Handshake(message) if is_hello(message.kind));
        let mut guess = Guess::default();
        if rows.iter().any(opened) || !rows.iter().any(|row| row.says(hello)) {
            return guess;
        }
        let mut server_finished = false;
        for (index, row) in rows.iter().enumerate() {
            let sealed =
                row.messages.iter().filter(|message| matches!(message.says, Says::Sealed { .. })).count();
            match (from_client(row), sealed) {
                (_, 0) => {}
                (true, _) if guess.finished.is_none() => {
                    guess.finished = Some(index);
                    guess.request = (sealed > 1).then_some(index);
                }
                (true, _) if guess.request.is_none() => guess.request = Some(index),
                (true, _) => {}
                (false, _) if guess.request.is_some() => {
                    guess.first_byte = guess.first_byte.or(Some(index));
                    guess.last_byte = Some(index);
                }
                (false, _) if !server_finished => {
                    guess.finished = guess.finished.map(|_| index);
                    server_finished = true;
                }
                (false, _) => {}
            }
        }
        guess
    }

    /// Where this step was taken.
    pub(super) fn at(&self, step: Step) -> Option<usize> {
        match step {
            Step::Finished => self.finished,
            Step::Request => self.request,
            Step::FirstByte => self.first_byte,
            Step::LastByte => self.last_byte,
            _ => None,
        }
    }

    /// Whether anything was guessed.
    pub(super) fn is_some(&self) -> bool {
        self.finished.is_some()
    }
}
