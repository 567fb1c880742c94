//! A lab, its links and its kernels.

mod ethernet;
mod peer;
mod reach;
mod sockets;
mod tap;

use std::error::Error;
use std::fs;
use std::net::IpAddr;

use barewire_packet::link::Link;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::tap::TapOptions;

use crate::experiment::ethernet::Ethernet;
use crate::experiment::listener::Listener;
use crate::experiment::peer::Peer;
use crate::experiment::plan::Plan;
use crate::lab::{self, Host, Lab};
use crate::permit::Permit;
use crate::sniff::Ear;
use peer::KernelPeer;
use tap::KernelTap;

/// A lab with kernels.
#[derive(Clone)]
pub(in super::super) struct Kernels(Lab);

impl Kernels {
    /// Starts this program again in a lab, and returns there.
    pub(in super::super) fn enter(plan: Plan) -> Result<Kernels, Box<dyn Error>> {
        // The wire of "path" loses packets unless it is told not to.
        let lab = lab::Plan::of(plan.topology())
            .and_then(|lab| lab.with_relay(["loss=0%"]))
            .and_then(|lab| lab.enter());
        let lab = lab.map_err(|failure| failure.to_string())?;
        reach::wait(&lab)?;
        Ok(Kernels(lab))
    }

    fn host(&self, name: &str) -> Result<&Host, Box<dyn Error>> {
        Ok(self.0.find(name).ok_or_else(|| format!("there is no host {name} here"))?)
    }

    pub(in super::super) fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Box<dyn Error>> {
        Ok(self.host(name)?.addresses().to_vec())
    }

    /// Where forged packets may go: to the lab.
    pub(in super::super) fn permit(&self) -> Permit {
        Permit::around(Some(&self.0), false)
    }

    pub(in super::super) fn narrow(&self, mtu: usize) -> Result<(), Box<dyn Error>> {
        self.must("router", &format!("ip link set to-client mtu {mtu}")).map(|_| ())
    }

    /// Also has the server's kernel look for black holes (RFC 4821), which it does not do unless it is told to.
    pub(in super::super) fn filter_icmp(&self) -> Result<(), Box<dyn Error>> {
        self.host("server")?.try_inside(|| fs::write("/proc/sys/net/ipv4/tcp_mtu_probing", "1"))?;
        self.must("server", "nft add table inet experiment")?;
        self.must("server", "nft add chain inet experiment in { type filter hook input priority 0 ; }")?;
        self.must("server", "nft add rule inet experiment in icmp type destination-unreachable drop")?;
        self.must("server", "nft add rule inet experiment in icmpv6 type packet-too-big drop").map(|_| ())
    }

    /// What a command at a host says, which has to succeed.
    fn must(&self, host: &str, words: &str) -> Result<String, Box<dyn Error>> {
        let mut command = words.split(' ');
        let program = command.next().unwrap_or_default();
        let ran = self.host(host)?.command(program).args(command).output();
        let ran = ran.map_err(|error| format!("{program}, which this experiment needs: {error}"))?;
        if !ran.status.success() {
            return Err(format!("{words}: {}", String::from_utf8_lossy(&ran.stderr)).into());
        }
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    pub(in super::super) fn link(&self, name: &str, ours: &[u16]) -> Result<Box<dyn Link>, Box<dyn Error>> {
        let options = Layer3Options { guarded: ours.to_vec(), ..Layer3Options::default() };
        Ok(Box::new(self.host(name)?.try_inside(|| Layer3Link::open(&options))?))
    }

    pub(in super::super) fn ethernet(&self) -> Box<dyn Ethernet> {
        Box::new(self.clone())
    }

    pub(in super::super) fn tap(&self, name: &str) -> Result<Box<dyn Listener>, Box<dyn Error>> {
        let ear = self.host(name)?.try_inside(|| Ear::open(&TapOptions::default()))?;
        Ok(Box::new(KernelTap(ear)))
    }

    pub(in super::super) fn peer(&self, name: &str, six: bool) -> Result<Box<dyn Peer>, Box<dyn Error>> {
        Ok(Box::new(KernelPeer::new(self.host(name)?.clone(), six)))
    }
}
