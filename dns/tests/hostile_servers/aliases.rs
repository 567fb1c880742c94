//! Servers whose aliases lead far, in a circle, or on and on.

use barewire_dns::Rcode;

use crate::asked::{Arrival, Asked, address, alias, name};

/// The reply stops at an alias; its target has an address.
pub(crate) fn stops_at_an_alias(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.number > 1 {
        return asked.is_honest();
    }
    let mut reply = asked.empty(Rcode::NOERROR);
    reply.answers.push(alias(&asked.name().to_string(), "b.example.test"));
    asked.replies(&reply)
}

/// Each reply names another alias.
pub(crate) fn another_alias_each_time(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NOERROR);
    let target = format!("n{}.example.test", asked.number);
    reply.answers.push(alias(&asked.name().to_string(), &target));
    asked.replies(&reply)
}

/// A chain of so many aliases, and the address at its end.
fn chain(asked: &Asked<'_>, length: usize, reversed: bool) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NOERROR);
    let owner = |index: usize| match index {
        0 => asked.name().to_string(),
        index => format!("n{index}.example.test"),
    };
    reply.answers.extend((0..length).map(|index| alias(&owner(index), &owner(index + 1))));
    reply.answers.push(address(&name(&owner(length))));
    if reversed {
        reply.answers.reverse();
    }
    asked.replies(&reply)
}

pub(crate) fn sixteen_in_reverse(asked: &Asked<'_>) -> Vec<Arrival> {
    chain(asked, 16, true)
}

pub(crate) fn seventeen(asked: &Asked<'_>) -> Vec<Arrival> {
    chain(asked, 17, false)
}

pub(crate) fn circle(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NOERROR);
    let first = asked.name().to_string();
    reply.answers.push(alias(&first, "b.example.test"));
    reply.answers.push(alias("b.example.test", &first));
    asked.replies(&reply)
}

pub(crate) fn alias_of_itself(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NOERROR);
    let name = asked.name().to_string();
    reply.answers.push(alias(&name, &name));
    asked.replies(&reply)
}

/// NXDOMAIN is about the last name (RFC 6604 §3).
pub(crate) fn alias_of_nothing(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NXDOMAIN);
    reply.answers.push(alias(&asked.name().to_string(), "gone.example.test"));
    asked.replies(&reply)
}
