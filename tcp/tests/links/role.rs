//! What the processes in the namespaces do. Each is this program again; the environment names its role.
//!
//! ```text
//!   peer ADDRESS BYTES             the kernel's TCP: see `peer`
//!   end LINK VERSION BYTES QUEUE   our TCP over a link: see `our_end`
//!   stand LINK VERSION             our end, which only stands there
//!   ping ADDRESS SIZE              see `by_rule`
//!   untag VLAN                     see `untag`
//! ```

use crate::{by_rule, our_end, peer, untag};

/// The variable that names the role.
pub(crate) const ROLE: &str = "BAREWIRE_LINKS_ROLE";

/// Not a test of its own: this is where a process of the room begins.
#[test]
fn a_process_of_the_room() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let words: Vec<&str> = role.split_whitespace().collect();
    match &words[..] {
        ["peer", address, bytes] => peer::play(address.parse().unwrap(), bytes.parse().unwrap()),
        ["end", link, version, bytes, queue] => {
            our_end::play(link, version.parse().unwrap(), bytes.parse().unwrap(), queue.parse().unwrap());
        }
        ["stand", link, version] => our_end::stand(link, version.parse().unwrap()),
        ["ping", address, size] => by_rule::ping(address.parse().unwrap(), size.parse().unwrap()),
        ["untag", vlan] => untag::run(vlan.parse().unwrap()),
        _ => panic!("no such role: {role}"),
    }
}
