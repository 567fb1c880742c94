//! Stub
/// Size.
pub const EDNS_UDP_SIZE: u16 = 1232;
