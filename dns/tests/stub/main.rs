//! The stub query in virtual time, against servers whose replies a test scripts.

mod aliases;
mod cookies;
mod failing;
mod history;
mod matching;
mod scene;
mod waiting;
mod ways;
