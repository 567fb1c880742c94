//! The servers, each as its project ships it, with the shortest configuration that shows what a test needs.

use crate::certificates::{HOST, Identity};
use crate::lab::{Lab, SERVER, SERVER_V6};

/// The small page that nginx and `openssl s_server` serve as `/page.html`.
pub(crate) const PAGE: &str = "<!doctype html>\n<title>It works</title>\n<p>One page over four layers.</p>\n";

/// What `sha256sum` says of [`two_megabytes`].
pub(crate) const TWO_MEGABYTES_SHA256: &str =
    "b5b7868693c6eeaf11bf511728736a928392f276ebe725c75b4bcec27fbe8645";

/// 2,000,000 bytes that look random and are the same each time (Knuth's linear congruential generator).
pub(crate) fn two_megabytes() -> Vec<u8> {
    let mut state = 1_u64;
    (0..2_000_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect()
}

/// unbound, on port 53: a recursive resolver that has the zone `live.test` at hand, with [`HOST`], an alias of it, a
/// name with an address of IPv6 alone, and a name without an address.
pub(crate) fn unbound(lab: &Lab) {
    let dir = lab.dir().display();
    let zone = lab.write(
        "live.test.zone",
        format!(
            "live.test. 60 SOA ns.live.test. nobody.live.test. 1 1800 900 604800 60\nlive.test. 60 NS ns.live.test.\n\
             ns.live.test. 60 A {SERVER}\n{HOST}. 60 A {SERVER}\nalias.live.test. 60 CNAME {HOST}.\n\
             six.live.test. 60 AAAA {SERVER_V6}\nnoaddress.live.test. 60 TXT \"no address here\"\n"
        ),
    );
    let config = lab.write(
        "unbound.conf",
        format!(
            "server:\n interface: {SERVER}\n access-control: 0.0.0.0/0 allow\n directory: \"{dir}\"\n chroot: \"\"\n username: \"\"\n \
             pidfile: \"{dir}/unbound.pid\"\n use-syslog: no\n num-threads: 1\n module-config: iterator\n local-zone: \"test.\" nodefault\n\
             auth-zone:\n name: live.test\n zonefile: \"{zone}\"\n for-upstream: yes\n for-downstream: no\n\
             remote-control:\n control-enable: no\n"
        ),
    );
    lab.serve(53, &["unbound", "-d", "-c", &config]);
}

/// One HTTPS server of nginx: its port, its identity, and the protocol versions it takes (`TLSv1.3`).
pub(crate) struct Site<'a> {
    pub(crate) port: u16,
    pub(crate) identity: &'a Identity,
    pub(crate) protocols: &'a str,
}

impl<'a> Site<'a> {
    pub(crate) fn new(port: u16, identity: &'a Identity) -> Site<'a> {
        Site { port, identity, protocols: "TLSv1.3" }
    }
}

/// Where nginx puts what it does not keep in memory: its usual places are the machine's.
pub(crate) fn temporary(lab: &Lab) -> String {
    let dir = lab.dir().display();
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    kinds.iter().map(|kind| format!("{kind}_temp_path {dir}/nginx-{kind};\n")).collect()
}

/// nginx with these sites, all serving `/page.html` and `/2mb`; and plain HTTP on port 80.
pub(crate) fn nginx(lab: &Lab, sites: &[Site<'_>]) {
    let dir = lab.dir().display();
    std::fs::create_dir_all(lab.dir().join("site")).expect("a folder for pages");
    lab.write("site/page.html", PAGE);
    lab.write("site/2mb", two_megabytes());
    let also =
        |port: u16| if lab.has_ipv6() { format!("listen [{SERVER_V6}]:{port} ssl; ") } else { String::new() };
    let servers: String = sites
        .iter()
        .map(|site| {
            format!(
                "server {{ listen {SERVER}:{} ssl; {}root {dir}/site; ssl_protocols {}; ssl_certificate {}; ssl_certificate_key {}; }}\n",
                site.port, also(site.port), site.protocols, site.identity.certificate, site.identity.key
            )
        })
        .collect();
    let temporary = temporary(lab);
    let config = lab.write(
        "nginx.conf",
        format!(
            "user root;\ndaemon off;\nworker_processes 1;\npid {dir}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n\
             types {{ text/html html; }}\n{temporary}server {{ listen {SERVER}:80; root {dir}/site; }}\n{servers}}}\n"
        ),
    );
    lab.serve(80, &["nginx", "-p", &lab.path(""), "-e", "stderr", "-c", &config]);
}

/// `openssl s_server -WWW`: serves files over HTTP/1.0 and ends each body by closing. `more` goes on its command line.
pub(crate) fn openssl(lab: &Lab, port: u16, identity: &Identity, more: &[&str]) {
    lab.write("page.html", PAGE);
    let address = format!("{SERVER}:{port}");
    let words: Vec<&str> = [
        "openssl",
        "s_server",
        "-accept",
        &address,
        "-cert",
        &identity.certificate,
        "-key",
        &identity.key,
        "-WWW",
        "-quiet",
    ]
    .iter()
    .chain(more)
    .copied()
    .collect();
    lab.serve(port, &words);
}

/// `gnutls-serv --http`: answers with a page about the session; asks for a client certificate.
pub(crate) fn gnutls(lab: &Lab, port: u16, identity: &Identity) {
    let port_text = port.to_string();
    lab.serve(
        port,
        &[
            "gnutls-serv",
            "--http",
            "--port",
            &port_text,
            "--x509certfile",
            &identity.certificate,
            "--x509keyfile",
            &identity.key,
            "--quiet",
        ],
    );
}

/// `peer.py`: an HTTPS server whose answer is chosen by the path, among them all that nobody should send.
pub(crate) fn scripted(lab: &Lab, port: u16, identity: &Identity) {
    let script = lab.write("peer.py", include_str!("peer.py"));
    lab.serve(port, &["python3", &script, SERVER, &port.to_string(), &identity.certificate, &identity.key]);
}
