//! The figure of RFC 8446 §7.1 as a table: every secret, and the one step that makes it.
//!
//! [`Name::step`] is the figure. The ledger computes nothing by it; it looks up the inputs of a secret here, so that
//! each arrow can be shown, and done again by somebody else. Left out: exporters beyond their secret, and what tickets
//! are made from. Tested in `tests/ledger.rs`.

use std::fmt;

/// A secret of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Name {
    /// As many zero bytes as the hash has: what the figure calls 0.
    Zeros,
    /// The pre-shared key. Without one, [`Name::Zeros`] stands in its place.
    Psk,
    /// The early secret: the first row.
    Early,
    /// The key of the binders of an external pre-shared key.
    ExternalBinder,
    /// The key of the binders of a ticket.
    ResumptionBinder,
    /// The secret that protects early data.
    ClientEarly,
    /// The exporter secret of early data.
    EarlyExporter,
    /// What the first row hands to the second.
    EarlyDerived,
    /// The secret of the key exchange, (EC)DHE.
    Shared,
    /// The handshake secret: the second row.
    Handshake,
    /// The secret of the client's handshake keys.
    ClientHandshake,
    /// The secret of the server's handshake keys.
    ServerHandshake,
    /// What the second row hands to the third.
    HandshakeDerived,
    /// The main secret: the third row.
    Main,
    /// The secret of the client's application keys; the number counts KeyUpdates.
    ClientApplication(u64),
    /// The secret of the server's application keys; the number counts KeyUpdates.
    ServerApplication(u64),
    /// The exporter secret.
    Exporter,
    /// The secret from which tickets make their pre-shared keys.
    Resumption,
}

/// How a secret is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It comes from outside the schedule.
    Given,
    /// HKDF-Extract, of two secrets.
    Extract {
        /// The salt: the arrow from above.
        salt: Name,
        /// The input keying material: the arrow from the left.
        input: Name,
    },
    /// HKDF-Expand-Label, of one secret.
    Expand {
        /// The secret.
        from: Name,
        /// The label, without `tls13 ` in front.
        label: &'static str,
        /// What else goes in.
        context: Context,
    },
}

/// The context of HKDF-Expand-Label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Zero bytes.
    Nothing,
    /// The hash of zero bytes.
    NoMessages,
    /// The hash of the transcript, from the first message to this one.
    Through(Mark),
}

/// A place in the transcript up to which the schedule hashes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The last ClientHello.
    ClientHello,
    /// The ServerHello.
    ServerHello,
    /// The server's Finished.
    ServerFinished,
    /// The client's Finished.
    ClientFinished,
}

impl Name {
    // book: figure
    /// The figure of RFC 8446 §7.1, and §7.2 for what comes after a KeyUpdate.
    pub fn step(self) -> Step {
        use Context::{NoMessages, Nothing, Through};
        use Mark::{ClientFinished, ClientHello, ServerFinished, ServerHello};
        use Name::*;
        let expand = |from, label, context| Step::Expand { from, label, context };
        match self {
            Zeros | Psk | Shared => Step::Given,
            Early => Step::Extract { salt: Zeros, input: Psk },
            ExternalBinder => expand(Early, "ext binder", NoMessages),
            ResumptionBinder => expand(Early, "res binder", NoMessages),
            ClientEarly => expand(Early, "c e traffic", Through(ClientHello)),
            EarlyExporter => expand(Early, "e exp master", Through(ClientHello)),
            EarlyDerived => expand(Early, "derived", NoMessages),
            Handshake => Step::Extract { salt: EarlyDerived, input: Shared },
            ClientHandshake => expand(Handshake, "c hs traffic", Through(ServerHello)),
            ServerHandshake => expand(Handshake, "s hs traffic", Through(ServerHello)),
            HandshakeDerived => expand(Handshake, "derived", NoMessages),
            Main => Step::Extract { salt: HandshakeDerived, input: Zeros },
            ClientApplication(0) => expand(Main, "c ap traffic", Through(ServerFinished)),
            ServerApplication(0) => expand(Main, "s ap traffic", Through(ServerFinished)),
            ClientApplication(n) => expand(ClientApplication(n - 1), "traffic upd", Nothing),
            ServerApplication(n) => expand(ServerApplication(n - 1), "traffic upd", Nothing),
            Exporter => expand(Main, "exp master", Through(ServerFinished)),
            Resumption => expand(Main, "res master", Through(ClientFinished)),
        }
    }
    // book: end

    /// The label of its line in a key log, where it has one.
    pub fn key_log_label(self) -> Option<&'static str> {
        use crate::key_log::*;
        match self {
            Name::ClientEarly => Some(CLIENT_EARLY),
            Name::EarlyExporter => Some(EARLY_EXPORTER),
            Name::ClientHandshake => Some(CLIENT_HANDSHAKE),
            Name::ServerHandshake => Some(SERVER_HANDSHAKE),
            Name::ClientApplication(0) => Some(CLIENT_TRAFFIC),
            Name::ServerApplication(0) => Some(SERVER_TRAFFIC),
            Name::Exporter => Some(EXPORTER),
            _ => None,
        }
    }

    /// The secrets that a key log has, in the order of the schedule.
    pub const LOGGED: [Name; 7] = [
        Name::ClientEarly,
        Name::EarlyExporter,
        Name::ClientHandshake,
        Name::ServerHandshake,
        Name::ClientApplication(0),
        Name::ServerApplication(0),
        Name::Exporter,
    ];
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Name::Zeros => "zeros",
            Name::Psk => "pre-shared key",
            Name::Early => "early secret",
            Name::ExternalBinder | Name::ResumptionBinder => "binder_key",
            Name::ClientEarly => "client_early_traffic_secret",
            Name::EarlyExporter => "early_exporter_secret",
            Name::EarlyDerived => "derived from the early secret",
            Name::Shared => "(EC)DHE secret",
            Name::Handshake => "handshake secret",
            Name::ClientHandshake => "client_handshake_traffic_secret",
            Name::ServerHandshake => "server_handshake_traffic_secret",
            Name::HandshakeDerived => "derived from the handshake secret",
            Name::Main => "main secret",
            Name::ClientApplication(n) => return write!(f, "client_application_traffic_secret_{n}"),
            Name::ServerApplication(n) => return write!(f, "server_application_traffic_secret_{n}"),
            Name::Exporter => "exporter_secret",
            Name::Resumption => "resumption_secret",
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mark::ClientHello => "ClientHello",
            Mark::ServerHello => "ServerHello",
            Mark::ServerFinished => "server Finished",
            Mark::ClientFinished => "client Finished",
        })
    }
}
