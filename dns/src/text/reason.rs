//! Why the text of a record or of a master file is refused (RFC 1035 §5.1).
//!
//! Tested in `tests/text.rs` and `tests/zone_file.rs`.

use std::fmt;

use barewire_dissect::Explain;

use crate::reason::Reason;
use crate::record_type::RecordType;

/// Why text was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextReason {
    /// What cannot be on the wire either: a label that is too long, a broken escape.
    Wire(Reason),
    /// Parentheses in a master file without their partner.
    Parentheses,
    /// A quote that is not closed on its line.
    QuoteNotClosed,
    /// A file that `$INCLUDE` names and that cannot be read.
    NotIncluded {
        /// The file.
        file: String,
        /// Why it cannot be read.
        why: String,
    },
    /// The text of a record ends before a field.
    TextEnds {
        /// The field.
        name: &'static str,
        /// The type of the record.
        rtype: RecordType,
    },
    /// The text of a record goes on after its last field.
    TextGoesOn {
        /// What stands there.
        seen: String,
        /// The type of the record.
        rtype: RecordType,
    },
    /// A word that is not what the field wants.
    NotInText {
        /// The word.
        seen: String,
        /// The field.
        name: &'static str,
        /// What it wants.
        wanted: &'static str,
        /// The type of the record.
        rtype: RecordType,
    },
}

impl Explain for TextReason {
    fn rule(&self) -> &'static str {
        match self {
            TextReason::Wire(reason) => reason.rule(),
            TextReason::Parentheses | TextReason::QuoteNotClosed | TextReason::NotIncluded { .. } => {
                "RFC 1035 §5.1"
            }
            TextReason::TextEnds { rtype, .. }
            | TextReason::TextGoesOn { rtype, .. }
            | TextReason::NotInText { rtype, .. } => text_rule(*rtype),
        }
    }

    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule();
        match self {
            TextReason::Wire(reason) => reason.explain(what, at, f),
            TextReason::Parentheses => {
                write!(
                    f,
                    "a parenthesis at byte {at} without its partner; {rule} has them in pairs, not nested"
                )
            }
            TextReason::QuoteNotClosed => {
                write!(f, "the string that begins at byte {at} has no quote at its end ({rule})")
            }
            TextReason::NotIncluded { file, why } => {
                write!(f, "$INCLUDE at byte {at} wants {file}: {why} ({rule})")
            }
            TextReason::TextEnds { name, rtype } => {
                write!(f, "the text ends at byte {at}, before {name}{} ({rule})", of_type(*rtype))
            }
            TextReason::TextGoesOn { seen, rtype } => {
                write!(f, "`{seen}` at byte {at} follows the last field{} ({rule})", of_type(*rtype))
            }
            TextReason::NotInText { seen, name, wanted, rtype } => write!(
                f,
                "`{seen}` at byte {at} cannot be {name}{}: it is not {wanted} ({rule})",
                of_type(*rtype)
            ),
        }
    }
}

/// The rule for the text of a record. What stands before its type is laid out for all types.
fn text_rule(rtype: RecordType) -> &'static str {
    if rtype == RecordType::ANY { "RFC 1035 §5.1" } else { rtype.rule() }
}

fn of_type(rtype: RecordType) -> String {
    if rtype == RecordType::ANY { String::new() } else { format!(" of type {}", rtype.name()) }
}
