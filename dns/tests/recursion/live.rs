//! The same with real sockets: nsd serves the zones, and unbound and our resolver answer, each with an empty cache.

use barewire_dns::resolver::Flags;

use crate::compare::{differences, row};
use crate::sockets::Ours;
use crate::space::{Unbound, enter, raise, unbounds};
use crate::{query, recorded, run};

#[test]
fn the_same_over_sockets() {
    let Some(folder) = enter("live::the_same_over_sockets", &[]) else { return };
    raise(&folder, None);
    let cases = recorded::cases();
    let mut found = Vec::new();
    for case in &cases {
        let theirs = {
            let _unbound = Unbound::start(&folder);
            unbounds(&query(&case.question, case.cd))
        };
        let now = differences(case, &theirs);
        found
            .extend(now.iter().map(|now| format!("unbound now, beside unbound when it was recorded: {now}")));
        let mut resolver = Ours::new(run::root());
        let resolution = resolver.ask(&case.question, Flags { checking_disabled: case.cd });
        let ours = resolution.response_to(&query(&case.question, case.cd));
        println!("{}", row(case, &ours, resolver.messages));
        found.extend(differences(case, &ours));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
