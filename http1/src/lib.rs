//! HTTP/1.1.
#![forbid(unsafe_code)]

mod body;
pub mod chunked;
pub mod client;
mod error;
mod framing;
mod grammar;
pub mod head;
mod headers;
mod limits;
mod message;
mod persistence;
mod section;
mod stream;
pub mod write;

pub use error::{Error, Kind, Problem};
pub use framing::{Body, Framing};
pub use headers::{Field, Headers};
pub use limits::{Limits, Tolerances};
pub use message::{Request, Response, Version};
