//! Elsewhere than on Linux no lab can be made.

use std::error::Error;
use std::net::IpAddr;

use barewire_packet::link::Link;

use crate::experiment::ethernet::Ethernet;
use crate::experiment::listener::Listener;
use crate::experiment::peer::Peer;
use crate::experiment::plan::Plan;
use crate::permit::Permit;

const WHY: &str = "--wire needs a lab of network namespaces, which only Linux has; on Windows, WSL2 has them";

/// A lab that cannot be made here.
pub(in super::super) enum Kernels {}

impl Kernels {
    pub(in super::super) fn enter(_: Plan) -> Result<Kernels, Box<dyn Error>> {
        Err(WHY.into())
    }

    pub(in super::super) fn addresses(&self, _: &str) -> Result<Vec<IpAddr>, Box<dyn Error>> {
        match *self {}
    }

    pub(in super::super) fn permit(&self) -> Permit {
        match *self {}
    }

    pub(in super::super) fn narrow(&self, _: usize) -> Result<(), Box<dyn Error>> {
        match *self {}
    }

    pub(in super::super) fn filter_icmp(&self) -> Result<(), Box<dyn Error>> {
        match *self {}
    }

    pub(in super::super) fn link(&self, _: &str, _: &[u16]) -> Result<Box<dyn Link>, Box<dyn Error>> {
        match *self {}
    }

    pub(in super::super) fn ethernet(&self) -> Box<dyn Ethernet> {
        match *self {}
    }

    pub(in super::super) fn tap(&self, _: &str) -> Result<Box<dyn Listener>, Box<dyn Error>> {
        match *self {}
    }

    pub(in super::super) fn peer(&self, _: &str, _: bool) -> Result<Box<dyn Peer>, Box<dyn Error>> {
        match *self {}
    }
}
