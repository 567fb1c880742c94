//! The ground of `--wire`: kernels in a lab. Elsewhere than on Linux there is none.

use std::error::Error;
use std::net::IpAddr;

use barewire_packet::link::Link;

use super::peer::Peer;
use super::plan::Plan;

/// A lab with kernels.
pub(super) struct Kernels;

impl Kernels {
    pub(super) fn enter(_: Plan) -> Result<Kernels, Box<dyn Error>> {
        Err("there is no lab here: --wire needs Linux".into())
    }

    pub(super) fn addresses(&self, _: &str) -> Result<Vec<IpAddr>, Box<dyn Error>> {
        Err("there is no lab here".into())
    }

    pub(super) fn link(&self, _: &str, _: &[u16]) -> Result<Box<dyn Link>, Box<dyn Error>> {
        Err("there is no lab here".into())
    }

    pub(super) fn peer(&self, _: &str, _: bool) -> Result<Box<dyn Peer>, Box<dyn Error>> {
        Err("there is no lab here".into())
    }
}
