//! lighttpd with wolfSSL: a TLS stack of its own under a web server.

use barewire_tls13::{Group, MemoryStore};

use crate::need;
use crate::server::{Server, get, words};

const TOOLS: [&str; 2] = ["lighttpd", "/usr/lib/lighttpd/mod_wolfssl.so"];

fn start(name: &str) -> Server {
    Server::start(name, |port, folder| {
        let folder = folder.display();
        let config = format!(
            "server.document-root = \"{folder}\"\nserver.port = {port}\nserver.bind = \"127.0.0.1\"\n\
             server.modules = (\"mod_wolfssl\")\nssl.engine = \"enable\"\n\
             ssl.pemfile = \"{folder}/cert.pem\"\nssl.privkey = \"{folder}/key.pem\"\n\
             ssl.openssl.ssl-conf-cmd = (\"MinProtocol\" => \"TLSv1.3\")\n"
        );
        std::fs::write(format!("{folder}/lighttpd.conf"), config).unwrap();
        words("lighttpd -D -f lighttpd.conf")
    })
}

#[test]
fn wolfssl_resumes() {
    if !need::can_run("wolfssl_resumes", false, &TOOLS) {
        return;
    }
    start("wolfssl").comes_back(false);
}

/// It takes a share of each group, so that it never asks for another.
#[test]
fn wolfssl_takes_each_group() {
    if !need::can_run("wolfssl_takes_each_group", false, &TOOLS) {
        return;
    }
    let server = start("wolfssl-groups");
    for group in Group::ALL {
        let mut store = MemoryStore::default();
        for resumed in [false, true] {
            let asked = server.ask_with(&mut store, &get("/cert.pem"), |config| config.groups = vec![group]);
            assert_eq!((asked.is_resumed(), asked.summary.hello_retry), (resumed, false));
            assert_eq!(asked.summary.group, group);
            assert!(asked.text().contains("BEGIN CERTIFICATE"), "{}", asked.text());
        }
    }
}
