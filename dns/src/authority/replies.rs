//! The messages that answer one query.

/// The messages that answer one query, in the order to send them: none, one, or those of a zone transfer. Each is made
/// when it is asked for, so that a large zone is never in memory twice.
pub struct Replies<'a> {
    messages: Box<dyn Iterator<Item = Vec<u8>> + 'a>,
}

impl<'a> Replies<'a> {
    /// No reply, or one.
    pub(super) fn one(reply: Option<Vec<u8>>) -> Replies<'a> {
        Replies { messages: Box::new(reply.into_iter()) }
    }

    pub(super) fn several(messages: impl Iterator<Item = Vec<u8>> + 'a) -> Replies<'a> {
        Replies { messages: Box::new(messages) }
    }
}

impl Iterator for Replies<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.messages.next()
    }
}
