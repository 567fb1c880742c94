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
//! A zone with one key, which is the trust anchor, and what the key proves. ldns-signzone has signed it:
//!
//! ```
//! use barewire_dns::dnssec::{Anchors, Claim, Effort, Flaw, Proven, deny, keys_from_ds, verify};
//! use barewire_dns::{Name, RrSet, zone_file::ZoneFile};
//! use std::time::{Duration, UNIX_EPOCH};
//! let key = "nsec.test. IN DNSKEY 257 3 15 bBwy7i983gZvmYap+VwyWOYSpXAT1wnD0Jav3vbWdS4=";
//! let text = "$TTL 300
//! nsec.test. DNSKEY 257 3 15 bBwy7i983gZvmYap+VwyWOYSpXAT1wnD0Jav3vbWdS4=
//! nsec.test. RRSIG DNSKEY 15 2 3600 20361231235959 20260101000000 26670 nsec.test. (
//!   BgkLx6z9y561E7vZj4CXozNm37UfvWbv4sBvUr74kLM1xzs+4FQMxfN2+1Yq/V5mda0I4crxLbCI5xZ2XKobDw== )
//! zero.nsec.test. NSEC nsec.test. A RRSIG NSEC
//! zero.nsec.test. RRSIG NSEC 15 3 300 20361231235959 20260101000000 26670 nsec.test. (
//!   R/Q9igh7OrrTyRAi4EwQqAuxXwe4FjzjAUVV2K0CtIwTsx9VkZtvusLe5cseqvnHzQJJjpYa5jSxyaO3cYt0Dg== )";
//! let sets = RrSet::group(&ZoneFile::parse(text.as_bytes(), &Name::root()).records);
//! let now = UNIX_EPOCH + Duration::from_secs(1_795_780_800); // 2026-11-27
//! let mut effort = Effort::default();
//!
//! let anchors = Anchors::parse(key)?;
//! let (zone, ds) = anchors.above(&Name::parse_text("zero.nsec.test")?)?;
//! let keys = match keys_from_ds(zone, ds, &sets[0], now, &mut effort)? {
//!     Proven::Keys(keys) => keys,
//!     Proven::Insecure(why) => panic!("{why}"),
//! };
//! let verified = verify(&sets[1], &keys, now, &mut effort)?;
//! assert_eq!((verified.key_tag, verified.ttl), (26670, 300));
//!
//! // zero.nsec.test is the last name of the zone: so nothing comes after it.
//! let proof = [(&sets[1], &verified)];
//! let after = Name::parse_text("zzz.nsec.test")?;
//! let broken = deny(Claim::Name { name: &after }, &proof, zone, &mut effort).unwrap_err();
//! // True, but who knows whether there is a wildcard? Another record has to show that.
//! let wildcard = Box::new(Name::parse_text("*.nsec.test")?);
//! assert_eq!(broken.reason, Flaw::NotCovered { name: wildcard });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
