//! `openssl s_server`: a TLS server that tells of each handshake, as a page, on port 4433.

use std::io;

use super::certificate;
use crate::lab::hosts::Host;
use crate::lab::programs::{at, find, folder, wait_for_port};

const PORT: u16 = 4433;

/// Starts it, if it is installed, and says what runs.
pub(super) fn start(host: &Host, names: &[String]) -> io::Result<Option<String>> {
    let Some(program) = find("openssl") else { return Ok(None) };
    let (home, identity) = (folder(host, "openssl")?, certificate::make(host, names, "openssl")?);
    let mut command = at(host, &program, &home.join("log"))?;
    command.args(["s_server", "-www", "-accept", &PORT.to_string(), "-cert"]).arg(&identity.certificate);
    command.arg("-key").arg(&identity.key).spawn()?;
    wait_for_port(host, PORT)?;
    Ok(Some(format!("openssl s_server on {PORT}")))
}
