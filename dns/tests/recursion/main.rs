//! Recursion, judged by unbound: 27 questions about the zones of `signed/`, and what it answered (`unbound.txt`).
//!
//! The servers are ours, in this process, in virtual time. `README.md` says how the zones and the table were made.

mod lab;
mod recorded;
#[path = "../served/mod.rs"]
mod served;

use barewire_dns::stub::Protocol;
use barewire_dns::{Message, Rcode};
use lab::Lab;

/// The zones and the table belong together: in process, unbound would have got a reply to each of its queries.
#[test]
fn unbounds_queries_find_their_servers() {
    let lab = Lab::new();
    let cases = recorded::cases();
    for query in cases.iter().flat_map(|case| &case.queries) {
        let message = Message::query(7, query.name.clone(), query.rtype).encode().unwrap();
        let Some(reply) = lab.answer(query.server, Protocol::Tcp, &message) else {
            assert_eq!(query.server, lab::NOBODY, "{query}");
            continue;
        };
        let reply = Message::parse_strictly(&reply).unwrap();
        let refused = query.server == lab::ORG && query.name.to_string().ends_with("lame.com");
        assert_eq!(reply.header.rcode == Rcode::REFUSED, refused, "{query}");
    }
    assert_eq!(cases.iter().filter(|case| !case.cd).count(), 27);
    assert!(cases.iter().all(|case| case.before_reply > 0), "each was answered, after queries");
}
