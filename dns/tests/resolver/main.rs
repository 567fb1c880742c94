//! The resolver in virtual time, against authorities in this process: which server is asked what, query by query; what
//! of a reply is believed; and what one question can cost at most.

mod attacks;
mod bounds;
#[path = "../../fuzz/fuzz_targets/hostile/mod.rs"]
mod hostile;
mod hostile_nets;
mod kept;
mod links;
mod net;
#[path = "../served/mod.rs"]
mod served;
mod signed;
mod table;
mod trap;
mod trust;
mod walk;
