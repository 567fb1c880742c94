//! The chapters of the book about DNS.
//!
//! [The contents](../../barewire/book/index.html) has them all. Tested in
//! `tests/book.rs` of `examples`.

#[doc = include_str!("../chapters/rustdoc/01_question.txt")]
#[doc = include_str!("../chapters/01_question.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c01_question {}

#[doc = include_str!("../chapters/rustdoc/02_names.txt")]
#[doc = include_str!("../chapters/02_names.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c02_names {}

#[doc = include_str!("../chapters/rustdoc/03_message.txt")]
#[doc = include_str!("../chapters/03_message.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c03_message {}

#[doc = include_str!("../chapters/rustdoc/04_records.txt")]
#[doc = include_str!("../chapters/04_records.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c04_records {}

#[doc = include_str!("../chapters/rustdoc/05_asking.txt")]
#[doc = include_str!("../chapters/05_asking.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c05_asking {}

#[doc = include_str!("../chapters/rustdoc/06_walk.txt")]
#[doc = include_str!("../chapters/06_walk.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c06_walk {}

#[doc = include_str!("../chapters/rustdoc/07_trust.txt")]
#[doc = include_str!("../chapters/07_trust.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c07_trust {}

#[doc = include_str!("../chapters/rustdoc/08_cache.txt")]
#[doc = include_str!("../chapters/08_cache.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c08_cache {}
