//! `-x`, beside curl, through tinyproxy: plain HTTP, a tunnel, refusals, and hosts that are asked directly.

use std::time::Duration;

use crate::certificates::Authority;
use crate::fetch::{Net, fetch, tshark};
use crate::lab::{Lab, SERVER};
use crate::need;
use crate::process::run;
use crate::servers::{self, Site};

/// What both write at the end.
const VARIABLES: &str = "\\n%{http_code} %{http_connect} %{size_download} %{num_connects} %{remote_ip}:%{remote_port} %{exitcode}\\n";

/// The proxies: one for everybody, one for joe.
const OPEN: &str = "http://10.92.2.2:3128";
const GUARDED: &str = "http://10.92.2.2:3129";

/// The flags (`~` is a space in one) and the URLs.
const COMMANDS: [(&str, &str); 13] = [
    ("-x OPEN", "http://SERVER/page.html"),
    ("-x OPEN", "http://SERVER/page.html http://SERVER/page.html http://SERVER/nothing"),
    ("-x OPEN -I", "http://SERVER/page.html"),
    ("-x OPEN", "https://SERVER:8443/page.html"),
    ("-x OPEN", "https://SERVER:8443/page.html https://SERVER:8443/page.html"),
    ("-x OPEN", "https://SERVER:444/page.html"),
    ("-x OPEN", "http://SERVER:81/"),
    ("-x GUARDED", "http://SERVER/page.html"),
    ("-x GUARDED", "https://SERVER:8443/page.html"),
    ("-x GUARDED -U joe:pw", "http://SERVER/page.html https://SERVER:8443/page.html"),
    ("-x GUARDED -U joe:wrong", "https://SERVER:8443/page.html"),
    ("-x OPEN --noproxy 10.92.2.2", "http://SERVER/page.html https://SERVER:8443/page.html"),
    ("-x http://10.92.2.2:9", "http://SERVER/page.html"),
];

#[test]
fn the_same_through_a_proxy() {
    if !need::can_run("the_same_through_a_proxy", false, &["curl", "tinyproxy"]) {
        return;
    }
    let Some(lab) = Lab::raise("the_same_through_a_proxy") else { return };
    let authority = Authority::new(&lab, "root");
    servers::nginx(&lab, &[Site::new(8443, &authority.good("good"))]);
    tinyproxy(&lab, 3128, "");
    tinyproxy(&lab, 3129, "BasicAuth joe pw\n");
    let mut complaints = Vec::new();
    for (flags, urls) in COMMANDS {
        let flags = flags.replace("OPEN", OPEN).replace("GUARDED", GUARDED);
        let urls = urls.replace("SERVER", SERVER);
        let (first, others) = urls.split_once(' ').unwrap_or((&urls, ""));
        let words: Vec<&str> = ["-sSk", "-w", VARIABLES]
            .into_iter()
            .chain(flags.split(' '))
            .chain(others.split(' ').filter(|url| !url.is_empty()))
            .collect();
        let ours = fetch(&lab, Net::Os, first, &words);
        let curls = run(lab.command("client", "curl").arg(first).args(&words), Duration::from_secs(60));
        let printed = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with("Date:")).map(str::to_owned).collect()
        };
        println!("{flags:<40} exit {:?} {:?}", ours.code, printed(&ours.stdout).last());
        if (ours.code, printed(&ours.stdout)) != (curls.code, printed(&curls.stdout)) {
            complaints.push(format!("{flags} {urls}:\n{ours}{curls}"));
        }
    }
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), COMMANDS.len(), complaints.join("\n"));
}

/// All four layers ours, through the tunnel; the ladder and the budget show both layers.
#[test]
fn a_tunnel_over_a_raw_socket() {
    if !need::can_run("a_tunnel_over_a_raw_socket", false, &["tinyproxy"]) {
        return;
    }
    let Some(lab) = Lab::raise("a_tunnel_over_a_raw_socket") else { return };
    let authority = Authority::new(&lab, "root");
    servers::nginx(&lab, &[Site::new(443, &authority.good("good"))]);
    tinyproxy(&lab, 3128, "");
    let file = lab.path("tunnel.pcapng");
    let url = format!("https://{SERVER}/page.html");
    let run = fetch(&lab, Net::Raw, &url, &["-x", OPEN, "-k", "--pcapng", &file]);
    assert!(run.succeeded(), "{run}");
    for wanted in ["CONNECT 10.92.2.2:443", "tunnel ", "GET /page.html HTTP/1.1", "ClientHello"] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    assert_eq!(tshark(&file, "http.request.method == \"CONNECT\"").len(), 1);
}

fn tinyproxy(lab: &Lab, port: u16, more: &str) {
    let config = format!(
        "Port {port}\nListen {SERVER}\nTimeout 20\nLogLevel Critical\nMaxClients 20\nConnectPort 443\n\
         ConnectPort 8443\nDisableViaHeader Yes\n{more}"
    );
    let config = lab.write(&format!("tinyproxy-{port}.conf"), config);
    lab.serve(port, &["tinyproxy", "-d", "-c", &config]);
}
