//! How a value reads beside its bytes.
//!
//! Tested in `tests/tree.rs`.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::numbers::several;

/// A value that can be shown beside the bytes it was read from, in one line.
///
/// Protocol crates implement it for their own types (a record type shows as `A (1)`); where one
/// value wants another form, use [`field_as`](crate::field_as).
pub trait Show {
    /// The value in one line of text.
    fn show(&self) -> String;
}

/// How many bytes of a byte string are spelled out before the rest is only counted.
const SPELLED: usize = 32;

impl Show for [u8] {
    fn show(&self) -> String {
        let mut text = String::with_capacity(2 * SPELLED + 16);
        for byte in self.iter().take(SPELLED) {
            let _ = write!(text, "{byte:02x}");
        }
        if self.len() > SPELLED {
            let _ = write!(text, "… ({})", several(self.len() as u64, "byte"));
        }
        text
    }
}

impl<const N: usize> Show for [u8; N] {
    fn show(&self) -> String {
        self[..].show()
    }
}

impl Show for Vec<u8> {
    fn show(&self) -> String {
        self[..].show()
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self) -> String {
        (**self).show()
    }
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "none".into(), Show::show)
    }
}

impl Show for () {
    fn show(&self) -> String {
        String::new()
    }
}

/// Everything whose `Display` is already the right form.
macro_rules! as_displayed {
    ($($type:ty)*) => {$(
        impl Show for $type {
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

as_displayed! { u8 u16 u32 u64 usize bool str String Ipv4Addr Ipv6Addr }
