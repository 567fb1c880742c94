//! RCODE: how a query ended. Four bits stand in the header (RFC 1035 §4.1.1), and an OPT record may add eight above
//! them (RFC 6891 §6.1.3). An [`Rcode`] is all twelve, wherever they stand.
//!
//! The numbers are IANA's registry "DNS RCODEs". Tested in `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::Show;

/// How a query ended, 0 to 4095.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rcode(pub u16);

impl Rcode {
    /// No error: the answer is in the message, or there is none (NODATA).
    pub const NOERROR: Rcode = Rcode(0);
    /// The server could not read the query.
    pub const FORMERR: Rcode = Rcode(1);
    /// The server failed while it looked for the answer.
    pub const SERVFAIL: Rcode = Rcode(2);
    /// The name does not exist.
    pub const NXDOMAIN: Rcode = Rcode(3);
    /// The server does not do this kind of query.
    pub const NOTIMP: Rcode = Rcode(4);
    /// The server could answer, but its policy forbids it.
    pub const REFUSED: Rcode = Rcode(5);
    /// A name exists that should not, or would be too long with DNAME (RFC 6672 §2.2).
    pub const YXDOMAIN: Rcode = Rcode(6);
    /// The server is not one for this zone (RFC 2136 §2.2), or does not trust the key (RFC 8945 §5.2).
    pub const NOTAUTH: Rcode = Rcode(9);
    /// The server does not know this version of EDNS (RFC 6891 §6.1.3).
    pub const BADVERS: Rcode = Rcode(16);
    /// The server wants its cookie first (RFC 7873 §5.2.3).
    pub const BADCOOKIE: Rcode = Rcode(23);

    /// The mnemonic, or `RCODEn`.
    pub fn name(self) -> String {
        let row = TABLE.iter().find(|(rcode, _)| *rcode == self);
        row.map_or_else(|| format!("RCODE{}", self.0), |(_, name)| (*name).to_owned())
    }

    /// The code of this mnemonic, in any case; `RCODEn` for any number.
    pub fn from_name(name: &str) -> Option<Rcode> {
        if let Some((rcode, _)) = TABLE.iter().find(|(_, mnemonic)| mnemonic.eq_ignore_ascii_case(name)) {
            return Some(*rcode);
        }
        let (prefix, digits) = name.split_at_checked(5)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        prefix.eq_ignore_ascii_case("RCODE").then_some(Rcode(number))
    }

    /// Whether the code needs an OPT record, because it does not fit the header's four bits.
    pub fn needs_edns(self) -> bool {
        self.0 > 0x0f
    }
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Show for Rcode {
    fn show(&self) -> String {
        format!("{} ({})", self.name(), self.0)
    }
}

const TABLE: &[(Rcode, &str)] = &[
    (Rcode::NOERROR, "NOERROR"),
    (Rcode::FORMERR, "FORMERR"),
    (Rcode::SERVFAIL, "SERVFAIL"),
    (Rcode::NXDOMAIN, "NXDOMAIN"),
    (Rcode::NOTIMP, "NOTIMP"),
    (Rcode::REFUSED, "REFUSED"),
    (Rcode::YXDOMAIN, "YXDOMAIN"),
    (Rcode(7), "YXRRSET"),
    (Rcode(8), "NXRRSET"),
    (Rcode::NOTAUTH, "NOTAUTH"),
    (Rcode(10), "NOTZONE"),
    (Rcode(11), "DSOTYPENI"),
    (Rcode::BADVERS, "BADVERS"),
    (Rcode(17), "BADKEY"),
    (Rcode(18), "BADTIME"),
    (Rcode(19), "BADMODE"),
    (Rcode(20), "BADNAME"),
    (Rcode(21), "BADALG"),
    (Rcode(22), "BADTRUNC"),
    (Rcode::BADCOOKIE, "BADCOOKIE"),
];
