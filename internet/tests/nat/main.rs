//! The NAT by the RFCs, as Linux does it, with random traffic, and live against Linux's conntrack.

mod icmp;
mod lab;
mod linux;
mod live;
mod packets;
mod random;
mod tcp;
mod udp;
mod world;
