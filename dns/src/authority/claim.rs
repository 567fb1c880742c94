//! What a reply can claim, and the names that a proof of it is about.

use crate::name::Name;

/// What a reply says does not exist. The closest encloser is the longest name above that exists (RFC 4592 §3.3.1).
#[derive(Debug, Clone, Copy)]
pub(super) enum Claim<'n> {
    /// The name does not exist, and no wildcard stands for it.
    Name { name: &'n Name, encloser: &'n Name },
    /// The name exists, and not with this type.
    Type { name: &'n Name },
    /// A wildcard stands for the name, and does not have this type.
    TypeAtWildcard { name: &'n Name, encloser: &'n Name },
    /// The name itself does not exist: so the wildcard's records, which were given, are the right ones.
    Expanded { name: &'n Name, encloser: &'n Name },
    /// The zone below this cut is not signed.
    Ds { name: &'n Name },
}

/// The wildcard directly below a name (RFC 4592 §2.1.1); none if its name would be too long.
pub(super) fn wildcard(encloser: &Name) -> Option<Name> {
    encloser.child(b"*")
}

/// The name with one label more than the encloser, on the way to `name` (RFC 5155 §1.3).
pub(super) fn next_closer(name: &Name, encloser: &Name) -> Name {
    name.ancestors().take_while(|above| above != encloser).last().unwrap_or_else(|| name.clone())
}
