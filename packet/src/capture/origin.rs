//! What the frames of an interface are, written in the file as the interface's description (pcapng §4.2,
//! if_description).
//!
//! Tested in `tests/capture.rs`.

/// What the frames of an interface are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Origin {
    /// Seen on the wire, as any capture program sees them.
    #[default]
    Seen,
    /// The data is real, the headers are made up: it went through the kernel's sockets, which hide their packets.
    MadeUp,
    /// Sent, and lost on the way. Only a simulator knows.
    Lost,
}

/// The description of an interface whose frames were not simply seen.
const DESCRIPTIONS: [(Origin, &str); 2] = [
    (Origin::MadeUp, "barewire: real data in made-up headers (it went through the kernel's sockets)"),
    (Origin::Lost, "barewire: packets that were lost on the way"),
];

impl Origin {
    /// What the file says of it.
    pub(super) fn description(self) -> Option<&'static str> {
        DESCRIPTIONS.iter().find(|(origin, _)| *origin == self).map(|(_, text)| *text)
    }

    /// What an interface with this description is. Any other text is one of a capture program: its frames were seen.
    pub(super) fn of_description(description: &[u8]) -> Origin {
        let found = DESCRIPTIONS.iter().find(|(_, text)| text.as_bytes() == description);
        found.map_or(Origin::Seen, |(origin, _)| *origin)
    }
}
