//! `barewire serve-dns --recursive` on a host with a real wire: a client at a private address is refused until the flag
//! says that the network is ours. dig is the client.

use crate::lab::{Lab, SERVER};
use crate::need;
use crate::process::must;

/// A root zone with one name, at the server's loopback address.
const ROOT: &str = "$ORIGIN .\n$TTL 3600\n@ SOA a.root. joe 1 1 1 1 300\n@ NS a.root.\na.root. A 127.0.0.1\n\
    www.live.test. A 203.0.113.80\n";

/// What dig says at one end of the wire.
fn dig(lab: &Lab, end: &str, server: &str, port: &str, words: &[&str]) -> String {
    let space = lab.space(end);
    let at = format!("@{server}");
    let fixed = ["netns", "exec", &space, "dig", &at, "-p", port, "+tries=1", "+time=5", "www.live.test"];
    must("ip", &[&fixed[..], words].concat())
}

#[test]
fn strangers_are_refused_until_the_flag() {
    let test = "strangers_are_refused_until_the_flag";
    if !need::can_run(test, true, &["dig"]) {
        return;
    }
    let Some(lab) = Lab::raise(test) else { return };
    let (zone, hints) = (lab.write("root.zone", ROOT), lab.write("hints", ROOT));
    let ours = env!("CARGO_BIN_EXE_barewire");
    lab.serve(5300, &["env", ours, "serve-dns", "--listen", "127.0.0.1:5300", &zone]);
    let resolver =
        ["env", ours, "serve-dns", "--recursive", "--hints", &hints, "--server-port", "5300", "--listen"];
    lab.serve(5301, &[&resolver[..], &["0.0.0.0:5301"]].concat());
    for words in [&[][..], &["+tcp"]] {
        let refused = dig(&lab, "client", SERVER, "5301", words);
        assert!(refused.contains("status: REFUSED"), "{refused}");
        assert!(refused.contains("EDE: 18 (Prohibited)"), "{refused}");
        assert!(!refused.contains("203.0.113.80"), "{refused}");
        let local = dig(&lab, "server", "127.0.0.1", "5301", words);
        assert!(local.contains("status: NOERROR") && local.contains("203.0.113.80"), "{local}");
    }
    lab.serve(5302, &[&resolver[..], &["10.92.2.2:5302", "--i-own-this-network"]].concat());
    let answered = dig(&lab, "client", SERVER, "5302", &[]);
    assert!(answered.contains("status: NOERROR") && answered.contains("203.0.113.80"), "{answered}");
}
