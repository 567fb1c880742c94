//! The chapters of the book about TLS 1.3.
//!
//! [The contents](../../barewire/book/index.html) has them all. Tested in
//! `tests/book.rs` of `examples`.

#[doc = include_str!("../chapters/rustdoc/01_handshake.txt")]
#[doc = include_str!("../chapters/01_handshake.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c01_handshake {}

#[doc = include_str!("../chapters/rustdoc/02_key_schedule.txt")]
#[doc = include_str!("../chapters/02_key_schedule.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c02_key_schedule {}
