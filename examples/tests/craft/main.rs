//! The packet language: what it reads and what it refuses, and the bytes it makes, beside scapy's.

mod by_scapy;
mod language;
mod random;
mod reach;
mod rust;
