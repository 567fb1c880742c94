//! The name of an address: below `in-addr.arpa` (RFC 1035 §3.5) and `ip6.arpa` (RFC 3596 §2.5).
//!
//! Names get more exact from right to left, and addresses from left to right, so the name has the address backwards.
//! Tested in `tests/names.rs`.

use std::net::IpAddr;

use super::{Builder, Name};

impl Name {
    /// The name whose PTR records say which hosts have this address.
    ///
    /// ```
    /// use barewire_dns::Name;
    /// assert_eq!(Name::reverse("192.0.2.80".parse()?).to_string(), "80.2.0.192.in-addr.arpa");
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn reverse(address: IpAddr) -> Name {
        let (digits, suffix): (Vec<String>, [&str; 2]) = match address {
            IpAddr::V4(address) => {
                (address.octets().iter().rev().map(u8::to_string).collect(), ["in-addr", "arpa"])
            }
            IpAddr::V6(address) => {
                let nibbles = |byte: &u8| [format!("{:x}", byte & 0x0f), format!("{:x}", byte >> 4)];
                (address.octets().iter().rev().flat_map(nibbles).collect(), ["ip6", "arpa"])
            }
        };
        let mut name = Builder::new();
        for label in digits.iter().map(String::as_str).chain(suffix) {
            // 34 short labels at the most: they fit.
            let _ = name.push(label.as_bytes());
        }
        Name { wire: name.finish() }
    }
}
