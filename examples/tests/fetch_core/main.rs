//! The fetch core by hand: inputs go in, and what it says and wants is compared. No network, and no time passes.

mod cuts;
mod deadlines;
mod failures;
mod hand;
mod names;
mod on_host;
mod session;
mod steps;
mod tunnel;
