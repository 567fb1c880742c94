//! The question: a name, a type and a class (RFC 1035 §4.1.2).
//!
//! The header can count several questions, but a message has one. The reply has one RCODE, so with two questions nobody
//! could say which of them it is about. RFC 9619 made one question the rule. Tested in `tests/message.rs`.

use barewire_dissect::{Parsed, describe, field, field_as, group};
use nom::Parser;
use nom::number::complete::be_u16;

use crate::class::Class;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::record_type::RecordType;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// QNAME: the name that is asked about.
    pub name: Name,
    /// QTYPE: the type of record that is wanted.
    pub rtype: RecordType,
    /// QCLASS: almost always [`Class::IN`].
    pub class: Class,
}

impl Question {
    /// Reads a question; the tree shows it under the name `section`.
    pub(crate) fn parse<'a>(
        section: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Question, Reason> {
        group(section, "what is asked", |input| {
            let (input, name) = Name::parse("QNAME", "the name that is asked about", message, input)?;
            let (input, rtype) =
                field("QTYPE", "the type of record that is wanted", be_u16.map(RecordType)).parse(input)?;
            let class = |class: &Class| class.show_with("unicast response wanted");
            let (input, class) = field_as("QCLASS", "", be_u16.map(Class), class).parse(input)?;
            describe(|| format!("{} {} {}", name, class.name(), rtype.name()));
            Ok((input, Question { name, rtype, class }))
        })
        .parse(input)
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.name(&self.name);
        out.u16(self.rtype.0);
        out.u16(self.class.0);
    }
}
