//! Forty hostile servers and more, in memory and in virtual time: what each does, what the stub says of it, and what it
//! costs. The list is `table.rs`; what its servers do stands in the files beside it. It began as a test by hand against
//! real sockets, in which half of them cost five seconds.

mod aliases;
mod asked;
mod broken;
mod codes;
mod cookies;
mod forged;
mod row;
mod run;
mod several;
mod table;
mod tcp;

use run::run;
use table::SERVERS;

/// Each says and costs what its row states, whatever the random numbers are.
#[test]
fn each_costs_what_its_row_states() {
    let mut wrong = String::new();
    for row in SERVERS {
        for seed in 1..4 {
            let ran = run(row, seed);
            let wanted = (row.says.text(), row.milliseconds, row.packets);
            let got = (ran.says.clone(), ran.milliseconds, ran.packets);
            if wanted != got {
                wrong += &format!(
                    "\n\n{}\n  wanted {wanted:?}\n  got    {got:?}\n{}",
                    row.name,
                    ran.steps.lines().take(30).collect::<Vec<_>>().join("\n")
                );
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// No server alone costs more than the five seconds of a lookup, and no lookup of one name sends more than a dozen
/// messages.
#[test]
fn there_are_forty_and_all_are_bounded() {
    assert!(SERVERS.len() >= 40, "{}", SERVERS.len());
    for (index, row) in SERVERS.iter().enumerate() {
        assert!(SERVERS[..index].iter().all(|other| other.name != row.name), "{} is there twice", row.name);
        assert!(row.milliseconds <= 5000 && row.packets <= 12, "{}", row.name);
    }
}
