//! Records as text: the master file of RFC 1035 §5.1, as far as one entry goes.
//!
//! [`tokens`] cuts text into entries and their words; [`fields`] reads the words of one entry as a type's data wants
//! them; [`escape`] has the backslashes. What an entry means, and `$ORIGIN`, is `zone_file.rs`. Tested in
//! `tests/text.rs`.

pub(crate) mod algorithm;
pub(crate) mod escape;
pub(crate) mod fields;
pub(crate) mod reason;
pub(crate) mod time;
pub(crate) mod tokens;
