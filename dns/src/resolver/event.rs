//! What a resolver tells its caller.

use super::request::RequestId;
use super::resolution::Resolution;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A question has its answer, or there is none: then the response code says so. Each question has one such event.
    Resolved(RequestId, Box<Resolution>),
}
