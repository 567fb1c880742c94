//! How much may be in flight so that the network is not flooded: congestion control.
//!
//! The window `cwnd` is what we allow ourselves, as `snd.wnd` is what the peer allows. The smaller of the two counts.
//! A [`Controller`](controller::Controller) sees what was delivered and what was lost, and says how large the window
//! is. There are three, each in a file that can be read alone; [`table::TABLE`] lists them:
//!
//! | | file | source |
//! |---|---|---|
//! | Reno | [`reno`] | RFC 5681 |
//! | CUBIC, the default | [`cubic`], with the slow start of [`hystart`] | RFC 9438, RFC 9406 |
//! | BBR | [`bbr`] | draft-ietf-ccwg-bbr |
//!
//! What is sent again, and how fast while a loss is repaired, [`crate::recovery`] decides.
//!
//! Tested in `tests/congestion/`.

pub mod bbr;
pub mod controller;
pub mod cubic;
pub mod hystart;
pub mod reno;
pub mod table;

pub use table::CongestionControl;
