//! The codes of EDNS options, and their names: IANA's registry "DNS EDNS0 Option Codes (OPT)".

use barewire_dissect::Show;

/// What an option is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OptionCode(pub u16);

impl OptionCode {
    /// The name of the option, or `option N`.
    pub fn name(self) -> String {
        let row = TABLE.iter().find(|(code, ..)| *code == self);
        row.map_or_else(|| format!("option {}", self.0), |(_, name, _)| (*name).to_owned())
    }

    /// Whether the option has a name here, and a variant of [`EdnsOption`](crate::EdnsOption).
    pub(crate) fn is_known(self) -> bool {
        TABLE.iter().any(|(code, ..)| *code == self)
    }

    /// The section that lays out the option.
    pub fn rule(self) -> &'static str {
        let row = TABLE.iter().find(|(code, ..)| *code == self);
        row.map_or("RFC 6891 §6.1.2", |(_, _, rule)| rule)
    }
}

impl Show for OptionCode {
    fn show(&self) -> String {
        format!("{} ({})", self.name(), self.0)
    }
}

/// Makes a constant and a row of each option.
macro_rules! codes {
    ($($number:literal $name:ident $text:literal $rule:literal;)*) => {
        impl OptionCode {
            $(#[doc = concat!($text, " (", $rule, ")")] pub const $name: OptionCode = OptionCode($number);)*
        }

        const TABLE: &[(OptionCode, &str, &str)] = &[$((OptionCode::$name, $text, $rule),)*];
    };
}

codes! {
    3 NSID "NSID" "RFC 5001 §2.3";
    8 CLIENT_SUBNET "client subnet" "RFC 7871 §6";
    9 EXPIRE "expire" "RFC 7314 §3";
    10 COOKIE "cookie" "RFC 7873 §4";
    11 KEEPALIVE "TCP keepalive" "RFC 7828 §3.1";
    12 PADDING "padding" "RFC 7830 §3";
    13 CHAIN "chain" "RFC 7901 §4";
    14 KEY_TAG "key tag" "RFC 8145 §4.1";
    15 EXTENDED_ERROR "extended error" "RFC 8914 §2";
    18 REPORT_CHANNEL "report channel" "RFC 9567 §6";
    19 ZONE_VERSION "zone version" "RFC 9660 §2";
}
