//! The chapters of the book about HTTP/1.1.
//!
//! [The contents](../../barewire/book/index.html) has them all. Tested in
//! `tests/book.rs` of `examples`.

#[doc = include_str!("../chapters/rustdoc/01_body.txt")]
#[doc = include_str!("../chapters/01_body.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c01_body {}
