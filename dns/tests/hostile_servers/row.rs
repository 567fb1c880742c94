//! A row of the list, and what can be set in it.

use std::time::Instant;

use barewire_dns::RecordType;
use barewire_dns::stub::{Config, History};

use crate::asked::{Does, FIRST};
use crate::cookies;

/// A hostile server.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) does: Does,
    pub(crate) says: Says,
    /// When the lookup ends.
    pub(crate) milliseconds: u64,
    /// How many messages it sends, to all servers.
    pub(crate) packets: usize,
    pub(crate) conf: &'static str,
    pub(crate) typed: &'static str,
    pub(crate) types: &'static [RecordType],
    /// What is not as usual in the settings.
    pub(crate) config: fn(Config) -> Config,
    /// What is known of the servers.
    pub(crate) history: fn(Instant) -> History,
}

/// What the stub says in the end.
#[derive(Clone, Copy)]
pub(crate) enum Says {
    /// These addresses.
    Found(&'static str),
    /// Every server failed: what it says of the first one.
    Failed(&'static str),
    /// The time is up: what it says of the first server.
    Silent(&'static str),
    /// The time is up, and so many messages were ignored for this reason.
    Useless(&'static str, &'static str),
    /// The aliases lead as far as this host, and there are more than so many.
    Endless(&'static str, usize),
    /// This sentence.
    Exactly(&'static str),
}

impl Says {
    /// The whole text.
    pub(crate) fn text(self) -> String {
        use Says::{Endless, Exactly, Failed, Found, Silent, Useless};
        match self {
            Found(text) | Exactly(text) => text.to_owned(),
            Failed(of_it) => {
                format!("no server could answer A? www.example.test (RFC 1035 §4.1.1): {FIRST} {of_it}")
            }
            Silent(of_it) => {
                format!("nobody answered A? www.example.test within 5.0 s (RFC 1035 §4.2.1): {FIRST} {of_it}")
            }
            Useless(times, why) => format!(
                "nobody answered A? www.example.test within 5.0 s (RFC 1035 §4.2.1): {FIRST} gave no usable answer \
                 after 2.0 s; ignored {times}: {why}"
            ),
            Endless(host, most) => format!(
                "the aliases of www.example.test in the replies of {FIRST} do not end: followed as far as \
                 {host}.example.test, one of a circle or of more than {most} (RFC 1034 §5.2.2)"
            ),
        }
    }
}

/// A row in which all is as usual: one server, which is asked for the address of `www.example.test`.
pub(crate) const fn row(
    name: &'static str,
    does: Does,
    says: Says,
    milliseconds: u64,
    packets: usize,
) -> Row {
    Row {
        name,
        does,
        says,
        milliseconds,
        packets,
        conf: "nameserver 192.0.2.53",
        typed: "www.example.test",
        types: &[RecordType::A],
        config: |config| config,
        history: |_| History::new(),
    }
}

impl Row {
    pub(crate) const fn set(self, config: fn(Config) -> Config) -> Row {
        Row { config, ..self }
    }

    /// Over TCP from the start.
    pub(crate) const fn tcp(self) -> Row {
        self.set(|config| Config { tcp_only: true, ..config })
    }

    pub(crate) const fn with_cookies(self) -> Row {
        self.set(cookies::on)
    }

    /// The server is known to send cookies.
    pub(crate) const fn known(self) -> Row {
        Row { history: cookies::known, ..self.with_cookies() }
    }

    /// There is a second server.
    pub(crate) const fn of_two(self) -> Row {
        Row { conf: "nameserver 192.0.2.53\nnameserver 192.0.2.54", ..self }
    }

    /// A and AAAA are asked for.
    pub(crate) const fn both_types(self) -> Row {
        Row { types: &[RecordType::A, RecordType::AAAA], ..self }
    }

    /// `www` is looked up with a search list.
    pub(crate) const fn searched(self) -> Row {
        Row { conf: "nameserver 192.0.2.53\nsearch office.test home.test", typed: "www", ..self }
    }
}
