//! DNSSEC: are these the records that the zone's owner published? (RFC 4033 to 4035)
//!
//! Each zone signs its records with a key, and the zone above signs the digest of that key. So a chain leads from one
//! key that is known beforehand, the trust anchor, down to any record:
//!
//! ```text
//!   trust anchor      DS of the root's key, from a file                    anchors.rs
//!     . DNSKEY        one of them has this digest, and signs them all      from_ds.rs
//!     com. DS         signed by a key of the root                          verify.rs
//!     com. DNSKEY     one of them has this digest, and signs them all      from_ds.rs
//!     example.com. NSEC    signed: it shows that there is no DS            deny.rs
//!                     from here on the answer is insecure: nobody has promised a signature
//! ```
//!
//! Everything here is a function of records, a moment and the [`Effort`] that is left. It asks nobody: the resolver
//! fetches DS and DNSKEY, and calls [`keys_from_ds`], [`verify`] and [`deny`]. What comes out is one of three
//! [`Security`] values, and a chain that is [`Broken`] says where and why.
//!
//! Left out: signing, RFC 5011's rollover of trust anchors, Ed448 (ring lacks it), and the algorithms that nobody may
//! use any more. Tested in `tests/dnssec`.

mod algorithm;
mod anchors;
mod broken;
mod canonical;
mod claim;
mod deny;
mod effort;
mod from_ds;
mod keys;
mod rsa;
mod security;
mod validity;
mod verify;

pub use anchors::{AnchorFault, Anchors};
pub use broken::{Broken, Flaw};
pub use claim::{Claim, Denied, Proof};
pub use deny::deny;
pub use effort::{Bounds, Effort, Work};
pub use from_ds::{Proven, keys_from_ds};
pub use keys::Keys;
pub use security::{Insecure, Security};
pub use verify::{Verified, verify};
