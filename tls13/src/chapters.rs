//! The chapters of the book about TLS 1.3.
//!
//! [The contents](../../barewire/book/index.html) has them all. Tested in
//! `tests/book.rs` of `examples`.

#[doc = include_str!("../chapters/rustdoc/01_records.txt")]
#[doc = include_str!("../chapters/01_records.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c01_records {}

#[doc = include_str!("../chapters/rustdoc/02_handshake.txt")]
#[doc = include_str!("../chapters/02_handshake.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c02_handshake {}

#[doc = include_str!("../chapters/rustdoc/03_key_schedule.txt")]
#[doc = include_str!("../chapters/03_key_schedule.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c03_key_schedule {}

#[doc = include_str!("../chapters/rustdoc/04_who_are_you.txt")]
#[doc = include_str!("../chapters/04_who_are_you.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c04_who_are_you {}

#[doc = include_str!("../chapters/rustdoc/05_coming_back.txt")]
#[doc = include_str!("../chapters/05_coming_back.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c05_coming_back {}
