//! The chapters of the book about TCP.
//!
//! [The contents](../../barewire/book/index.html) has them all. Tested in
//! `tests/book.rs` of `examples`.

#[doc = include_str!("../chapters/rustdoc/01_opening.txt")]
#[doc = include_str!("../chapters/01_opening.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c01_opening {}

#[doc = include_str!("../chapters/rustdoc/02_receiver.txt")]
#[doc = include_str!("../chapters/02_receiver.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c02_receiver {}

#[doc = include_str!("../chapters/rustdoc/03_sender.txt")]
#[doc = include_str!("../chapters/03_sender.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c03_sender {}

#[doc = include_str!("../chapters/rustdoc/04_losing.txt")]
#[doc = include_str!("../chapters/04_losing.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c04_losing {}

#[doc = include_str!("../chapters/rustdoc/05_congestion.txt")]
#[doc = include_str!("../chapters/05_congestion.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c05_congestion {}

#[doc = include_str!("../chapters/rustdoc/06_closing.txt")]
#[doc = include_str!("../chapters/06_closing.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c06_closing {}

#[doc = include_str!("../chapters/rustdoc/07_wire.txt")]
#[doc = include_str!("../chapters/07_wire.md")]
#[doc = include_str!("../chapters/rustdoc/style.html")]
pub mod c07_wire {}
