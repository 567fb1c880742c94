//! TCP over raw and simulated wires, written to be read.

pub mod arrives;
pub mod checksum;
mod config;
pub mod congestion;
pub mod connection;
mod error;
mod host;
pub mod ip;
mod isn;
pub mod link;
pub mod observe;
pub mod options;
pub mod output;
pub mod packet;
pub mod reassembly;
pub mod recovery;
pub mod rtt;
pub mod segment;
pub mod send_buffer;
mod seq;
mod state;
pub mod stream;
pub mod tcb;
pub mod timers;
pub mod udp;

pub use config::Config;
pub use connection::{Connection, ConnectionEvent};
pub use error::{Error, Malformed, Reason};
pub use host::{Event, Handle, Host};
pub use isn::IsnGenerator;
pub use output::Transmit;
pub use segment::{Flags, Segment};
pub use seq::SeqNumber;
pub use state::State;
pub use stream::{Direction, Stack, Tap, TcpListener, TcpStream};
pub use tcb::Variables;
