//! nginx with one page, on ports 80 and 443, for both versions of IP.

use std::fs;
use std::io;
use std::process::Command;

use super::certificate;
use super::page::page;
use crate::lab::hosts::Host;
use crate::lab::programs::{at, find, folder, launch, version};

/// Starts it, if it is installed, and says what runs.
pub(super) fn start(host: &Host, names: &[String]) -> io::Result<Option<String>> {
    let Some(program) = find("nginx") else { return Ok(None) };
    let (home, identity) = (folder(host, "nginx")?, certificate::make(host, names, "nginx")?);
    fs::write(home.join("index.html"), page(host.name(), "nginx"))?;
    let (here, certificate, key) = (home.display(), identity.certificate.display(), identity.key.display());
    // One process: a worker would become another user, and in the lab of an ordinary user there is none.
    let text = format!(
        "daemon on; master_process off; user root; pid {here}/pid; error_log {here}/error.log;\n\
         events {{}}\n\
         http {{\n\
           access_log {here}/access.log; types {{ text/html html; }} default_type application/octet-stream;\n\
           client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;\n\
           uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;\n\
           ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;\n\
           server {{ root {here}; listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl; }}\n\
         }}\n"
    );
    let (config, log) = (home.join("nginx.conf"), home.join("error.log"));
    fs::write(&config, text)?;
    let mut command = at(host, &program, &log)?;
    launch(command.arg("-e").arg(&log).arg("-c").arg(&config), &log)?;
    let said = Command::new(&program).arg("-v").output().map(|output| output.stderr).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok(Some(format!("nginx {} on 80 and 443", version(&said).unwrap_or(""))))
}
