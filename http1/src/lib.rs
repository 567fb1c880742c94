//! HTTP/1.1.
#![forbid(unsafe_code)]

mod body;
pub mod chunked;
pub mod client;
mod dissect;
pub mod driver;
mod error;
mod framing;
mod grammar;
pub mod head;
mod headers;
mod limits;
mod message;
pub mod observe;
mod persistence;
mod section;
pub mod server;
mod stream;
pub mod write;

pub use dissect::{Role, dissect_message};
pub use error::{Error, Kind, Problem};
pub use framing::{Body, Framing};
pub use headers::{Field, Headers};
pub use limits::{Limits, Tolerances};
pub use message::{Request, Response, Version};
