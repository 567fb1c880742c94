//! A recursive resolver that knows the lab's own root: unbound, or named.

use std::fs;
use std::io;
use std::path::Path;

use crate::lab::hosts::Host;
use crate::lab::programs::{at, find, folder, launch};

/// Starts one, and says what runs; says also if none is installed, since names are not found then.
pub(super) fn start(host: &Host, root: &str) -> io::Result<Option<String>> {
    let home = folder(host, "resolver")?;
    let hints = home.join("root.hints");
    fs::write(&hints, format!(". 3600 NS a.root.\na.root. 3600 A {root}\n"))?;
    let (name, program, text) = if let Some(program) = find("unbound") {
        ("unbound", program, unbound(host, &home))
    } else if let Some(program) = find("named") {
        ("named", program, named(host, &home))
    } else {
        return Ok(Some("no resolver: neither unbound nor named is installed".to_string()));
    };
    let (config, log) = (home.join("conf"), home.join("log"));
    fs::write(&config, text)?;
    launch(at(host, &program, &log)?.arg("-c").arg(&config), &log)?;
    Ok(Some(format!("{name} on 53, for everybody")))
}

fn unbound(host: &Host, home: &Path) -> String {
    let here = home.display();
    format!(
        "server:\n interface: {}\n interface: {}\n access-control: 0.0.0.0/0 allow\n access-control: ::/0 allow\n \
         directory: \"{here}\"\n chroot: \"\"\n username: \"\"\n pidfile: \"{here}/pid\"\n use-syslog: no\n \
         logfile: \"{here}/log\"\n num-threads: 1\n module-config: iterator\n root-hints: \"{here}/root.hints\"\n \
         local-zone: \"test.\" nodefault\n do-not-query-localhost: no\nremote-control:\n control-enable: no\n",
        host.v4(),
        host.v6()
    )
}

fn named(host: &Host, home: &Path) -> String {
    let here = home.display();
    format!(
        "options {{ directory \"{here}\"; pid-file \"{here}/pid\"; session-keyfile \"{here}/key\"; recursion yes;\n\
         allow-recursion {{ any; }}; listen-on {{ {}; }}; listen-on-v6 {{ {}; }}; dnssec-validation no; }};\n\
         controls {{ }};\n\
         zone \".\" {{ type hint; file \"{here}/root.hints\"; }};\n",
        host.v4(),
        host.v6()
    )
}
