//! The name servers of the toy internet with signed zones: the root, `test.` and `example.test.`, whose signatures end
//! on January 15, 2026. `zones/signed/sign.sh` has made them.
//!
//! Tested with the lesson `dns_sec`, in `tests/lessons.rs`.

use crate::services::zones::{SERVERS, Server};

/// The DS record of the root's key: what is trusted without a proof.
pub(super) const ANCHOR: &str = include_str!("../../zones/signed/root.ds");

const ROOT: &str = include_str!("../../zones/signed/root.zone");
const TEST: &str = include_str!("../../zones/signed/test.zone");
const EXAMPLE: &str = include_str!("../../zones/signed/example.test.zone");
const HOSTER: &str = SERVERS[3].zones[1];
const SHOP: &str = SERVERS[3].zones[2];
const REVERSE: &str = SERVERS[4].zones[1];

/// The table of the servers. What is not signed is as in [`SERVERS`].
pub(super) const SIGNED: [Server; 6] = [
    Server { zones: &[ROOT], ..SERVERS[0] },
    Server { zones: &[ROOT], ..SERVERS[1] },
    Server { zones: &[TEST], ..SERVERS[2] },
    Server { zones: &[TEST, HOSTER, SHOP], ..SERVERS[3] },
    Server { zones: &[EXAMPLE, REVERSE], ..SERVERS[4] },
    Server { zones: &[EXAMPLE, REVERSE], ..SERVERS[5] },
];
