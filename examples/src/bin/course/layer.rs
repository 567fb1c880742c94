//! The layers that traces and mutants are about.

/// A layer, by the name that people type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Layer {
    /// Names and addresses
    Dns,
    /// Segments and streams
    Tcp,
    /// Handshake, keys and records
    Tls,
    /// Requests, responses and where they end
    Http,
}

impl Layer {
    /// Its name on the command line, and that of its files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Layer::Dns => "dns",
            Layer::Tcp => "tcp",
            Layer::Tls => "tls",
            Layer::Http => "http",
        }
    }

    /// The folder of its crate; the crate is called `barewire-FOLDER`.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Layer::Dns => "dns",
            Layer::Tcp => "tcp",
            Layer::Tls => "tls13",
            Layer::Http => "http1",
        }
    }
}
