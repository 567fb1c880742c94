//! The NAT by the RFCs, as Linux does it, with random traffic, and live against Linux's conntrack.

mod fragments;
mod icmp;
mod lab;
mod linux;
mod live;
mod namespace;
mod packets;
mod random;
mod table;
mod tcp;
mod udp;
mod world;
