//! `--curves`, beside curl: an `openssl s_server` that takes one group alone.

use std::time::Duration;

use crate::certificates::Authority;
use crate::fetch::{Net, fetch, tshark_fields};
use crate::lab::{Lab, SERVER};
use crate::need;
use crate::process::run;
use crate::servers;

/// tshark's numbers of the groups.
const P384: &str = "24";
const P256: &str = "23";

#[test]
fn the_groups_are_those_that_were_asked_for() {
    let test = "the_groups_are_those_that_were_asked_for";
    if !need::can_run(test, false, &["curl"]) {
        return;
    }
    let Some(lab) = Lab::raise(test) else { return };
    let authority = Authority::new(&lab, "root");
    servers::openssl(&lab, 443, &authority.good("good"), &["-groups", "P-384"]);
    let url = format!("https://{SERVER}/page.html");
    // The list, the exit code of both, and the groups of the key shares that we sent.
    for (list, code, shares) in [
        ("P-384", 0, &[P384][..]),
        ("P-256:P-384", 0, &[P256, P384]),
        ("secp384r1:prime256v1", 0, &[P384]),
        ("X25519:P-256", 35, &["29"]),
    ] {
        let file = lab.path("curves.pcapng");
        let ours = fetch(&lab, Net::Os, &url, &["-k", "-s", "--curves", list, "--pcapng", &file]);
        let mut curl = lab.command("client", "curl");
        let curls = run(curl.args(["-sk", "--curves", list, &url]), Duration::from_secs(30));
        assert_eq!((ours.code, curls.code), (Some(code), Some(code)), "{list}: {ours}{curls}");
        assert_eq!(ours.stdout, curls.stdout, "{list}");
        let hellos =
            tshark_fields(&file, "tls.handshake.type == 1", &["tls.handshake.extensions_key_share_group"]);
        let sent: Vec<&str> = hellos.iter().map(|fields| fields[0].as_str()).collect();
        assert_eq!(sent, shares, "{list}");
    }
}
