//! SVCB and HTTPS: how to reach a service or a web site: the host, its port, its protocols (RFC 9460 §2.2 and §9).
//!
//! ```text
//!   0010                                SvcPriority 16
//!   03 foo 07 example 03 org 00         TargetName; it is not compressed
//!   0001 0009 02 h2 05 h3-19            alpn: 9 bytes, h2 and h3-19
//!   0003 0002 0035                      port: 2 bytes, 53
//! ```
//!
//! Priority 0 is an alias (AliasMode): the target is asked about in its place. Parameters stand in ascending order of
//! their keys, each once. [`SvcParam`] has them, in `svcb/param.rs`; their text is `svcb/text.rs`.

mod param;
mod text;

use std::fmt;

use barewire_dissect::{Parsed, field, refuse};
use nom::Parser;
use nom::number::complete::be_u16;

pub use param::{SvcKey, SvcParam};

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::{BrokenRule, Reason};
use crate::text::fields::{Fields, Text};
use crate::text::reason::TextReason;

/// One way to reach a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svcb {
    /// The lowest is tried first; 0 makes the owner an alias of the target.
    pub priority: u16,
    /// The host. The root stands for the owner itself.
    pub target: Name,
    /// What else is known, in ascending order of the keys.
    pub params: Vec<SvcParam>,
}

static ORDER: BrokenRule = BrokenRule {
    field: "SvcParamKey",
    rule: "RFC 9460 §2.2",
    says: "keys stand in ascending order, each once",
};
static MISSING: BrokenRule =
    BrokenRule { field: "mandatory", rule: "RFC 9460 §8", says: "each key that is mandatory must be there" };
static NO_ALPN: BrokenRule =
    BrokenRule { field: "no-default-alpn", rule: "RFC 9460 §7.1.1", says: "it needs alpn" };

impl Svcb {
    /// The parameter of this key, if there is one.
    pub fn param(&self, key: SvcKey) -> Option<&SvcParam> {
        self.params.iter().find(|param| param.key() == key)
    }

    /// Whether the rules that concern several parameters hold; if not, the one that does not.
    fn check(&self) -> Result<(), &'static BrokenRule> {
        if !self.params.is_sorted_by(|a, b| a.key() < b.key()) {
            return Err(&ORDER);
        }
        let has = |key: &SvcKey| self.param(*key).is_some();
        for param in &self.params {
            match param {
                SvcParam::Mandatory(keys) if !keys.iter().all(has) => {
                    return Err(&MISSING);
                }
                SvcParam::NoDefaultAlpn if !has(&SvcKey::ALPN) => {
                    return Err(&NO_ALPN);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Svcb>, Reason> {
    let (input, priority) = field("SvcPriority", "0 is an alias", be_u16).parse(input)?;
    let (start, target) = source.name("TargetName", ". is the owner itself", input)?;
    let (mut input, mut params): (_, Vec<SvcParam>) = (start, Vec::new());
    while !input.is_empty() {
        let (rest, param) = param::parse(input)?;
        if params.last().is_some_and(|last| last.key() >= param.key()) {
            return refuse(input, Reason::Broken(&ORDER));
        }
        params.push(param);
        input = rest;
    }
    let svcb = Svcb { priority, target, params };
    match svcb.check() {
        Ok(()) => Ok((input, Box::new(svcb))),
        Err(broken) => refuse(start, Reason::Broken(broken)),
    }
}

pub(super) fn write(svcb: &Svcb, out: &mut Writer) {
    if let Err(broken) = svcb.check() {
        out.refuse(Reason::Broken(broken));
    }
    out.u16(svcb.priority);
    out.data_name(&svcb.target);
    for param in &svcb.params {
        param.write(out);
    }
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Svcb>> {
    let (priority, target) = (text.u16("SvcPriority")?, text.name("TargetName")?);
    let first = text.peek();
    let mut params = Vec::new();
    while !text.is_empty() {
        params.push(text::read(text)?);
    }
    params.sort_by_key(SvcParam::key);
    let svcb = Svcb { priority, target, params };
    match (svcb.check(), first) {
        (Err(broken), Some(first)) => Err(first.refused(TextReason::Wire(Reason::Broken(broken)))),
        _ => Ok(Box::new(svcb)),
    }
}

pub(super) fn to_text(svcb: &Svcb, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}", svcb.priority, svcb.target.with_dot())?;
    svcb.params.iter().try_for_each(|param| write!(f, " {param}"))
}
