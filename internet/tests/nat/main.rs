//! The NAT by the RFCs, as Linux does it, with random traffic, and live against Linux's conntrack.

mod fragments;
mod icmp;
mod lab;
mod linux;
mod live;
mod namespace;
mod notes;
mod packets;
mod random;
mod table;
mod tcp;
mod timers;
mod udp;
mod world;
