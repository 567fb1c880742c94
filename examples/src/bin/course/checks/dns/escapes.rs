//! dns04: escapes in the text of a name.

use barewire_dns::Name;

use crate::steps::{Failed, Steps};

const ESCAPES: &str = "RFC 1035 §5.1";

/// What is read from a name in text: its bytes, or that it is refused.
fn read(text: &str) -> String {
    match Name::parse_text(text) {
        Ok(name) => format!("\"{}\"", name.as_wire().escape_ascii()),
        Err(_) => "refused".to_owned(),
    }
}

/// dns04: a backslash and what follows it.
pub(crate) fn escapes(steps: &mut Steps) -> Result<(), Failed> {
    let names: [(&str, &str, &str); 12] = [
        (r"joe\.smith.test", r#""\tjoe.smith\x04test\x00""#, "the dot belongs to the label"),
        (r"a\\b.test", r#""\x03a\\b\x04test\x00""#, "a backslash for itself"),
        (r"\065bc.test", r#""\x03Abc\x04test\x00""#, "three digits are one byte, here `A`"),
        (r"a\046b.test", r#""\x03a.b\x04test\x00""#, "a dot as three digits belongs to the label too"),
        (r"\000.test", r#""\x01\x00\x04test\x00""#, "the smallest byte"),
        (r"\255\254.test", r#""\x02\xff\xfe\x04test\x00""#, "the largest one, and the one before it"),
        (r"\0651.test", r#""\x02A1\x04test\x00""#, "a fourth digit is a character of its own"),
        (r"\256.test", "refused", "no byte has this number"),
        (r"\999.test", "refused", "nor this one"),
        (r"\06x.test", "refused", "two digits, and then a letter"),
        (r"\06", "refused", "two digits, and then the end"),
        (r"test\", "refused", "a backslash at the end"),
    ];
    for (text, wanted, why) in names {
        steps.step(format!("read the name `{text}`: {why}"));
        steps.equal("its bytes", wanted.to_owned(), read(text), ESCAPES)?;
    }
    Ok(())
}
