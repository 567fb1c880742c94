//! Recursion, judged by unbound: 27 questions about the zones of `signed/`, and what it answered (`unbound.txt`).
//!
//! The servers are ours, in this process, in virtual time. `README.md` says how the zones and the table were made.

mod lab;
mod recorded;
#[path = "../served/mod.rs"]
mod served;

use std::collections::BTreeMap;

use barewire_dns::stub::Protocol;
use barewire_dns::{Message, Rcode};
use lab::Lab;

/// The zones and the table belong together: in process, unbound would have got a reply to each of its queries.
#[test]
fn unbounds_queries_find_their_servers() {
    let lab = Lab::new();
    let cases = recorded::cases();
    let mut replies = BTreeMap::<(&str, u16), usize>::new();
    for query in cases.iter().flat_map(|case| &case.queries) {
        let message = Message::query(7, query.name.clone(), query.rtype).encode().unwrap();
        let Some(reply) = lab.answer(query.server, Protocol::Tcp, &message) else {
            assert_eq!(query.server, lab::NOBODY, "{query}");
            continue;
        };
        let reply = Message::parse_strictly(&reply).unwrap();
        let lame = reply.header.rcode == Rcode::REFUSED;
        assert_eq!(lame, query.name.to_string().ends_with("lame.com") && query.server == lab::ORG, "{query}");
        *replies.entry((if lame { "lame" } else { "good" }, reply.header.rcode.0)).or_default() += 1;
    }
    println!("{} cases; replies by kind and code: {replies:?}", cases.len());
    assert_eq!(cases.len(), 27);
}
