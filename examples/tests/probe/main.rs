//! The cores of ping, traceroute and scan, in virtual time: what they send, as tshark reads it ([`judged`]), what they
//! make of answers that are lost, late, doubled, cut or forged, and that no bytes harm them ([`hostile`]).

mod hostile;
mod internet;
mod judged;
#[path = "../live/need.rs"]
mod need;
mod ping;
mod scan;
mod traceroute;

mod words;
