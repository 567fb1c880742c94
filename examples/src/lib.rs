//! Where the layers meet.
pub mod cli;
pub mod commands;
pub mod failure;
pub mod fetch;
pub mod network;
pub mod reading;
pub mod trace;
pub mod url;
pub mod views;
