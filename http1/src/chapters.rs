//! The chapters of the book about HTTP/1.1.
//!
//! [The contents](../../barewire/book/index.html) has them all. Tested in
//! `tests/book.rs` of `examples`.

#[doc = include_str!("../chapters/rustdoc/01_heads.txt")]
#[doc = include_str!("../chapters/01_heads.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c01_heads {}

#[doc = include_str!("../chapters/rustdoc/02_body.txt")]
#[doc = include_str!("../chapters/02_body.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c02_body {}

#[doc = include_str!("../chapters/rustdoc/03_reuse.txt")]
#[doc = include_str!("../chapters/03_reuse.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c03_reuse {}

#[doc = include_str!("../chapters/rustdoc/04_readers.txt")]
#[doc = include_str!("../chapters/04_readers.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c04_readers {}
