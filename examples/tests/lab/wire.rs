//! Our own stack in the lab, against nginx: a page over each version of IP, and nothing on the wire that does not
//! belong there, as tcpdump sees it at the server.

use crate::process::must;
use crate::who::Home;

#[test]
fn a_page_comes_through_our_own_tcp_and_the_kernel_says_no_word() {
    let name = "a_page_comes_through_our_own_tcp_and_the_kernel_says_no_word";
    let Some(home) = Home::make(name, &["nginx", "tcpdump", "tshark"]) else { return };
    for who in home.users() {
        let (capture, log) = (home.path(&format!("{who:?}.pcap")), home.path(&format!("{who:?}.log")));
        let script = format!(
            "barewire lab exec server -- tcpdump -Z root -ni eth0 -s 0 -U --immediate-mode -w {capture} 2> {log} & \
             until grep -q 'listening on' {log} 2>/dev/null; do sleep 0.02; done; \
             for at in 10.77.0.2 '[fd77::2]'; do for scheme in http https; do \
               barewire fetch -s --net raw $scheme://$at/ | tail -n 1; done; done; \
             sleep 0.3; kill $!; wait $! || true"
        );
        let said = home.script(*who, &[], &script);
        let page = "<p>This page comes from nginx at server, over real TCP.</p>\n";
        assert_eq!(said, page.repeat(4), "{who}");

        let found = |filter: &str| must("tshark", &["-r", &capture, "-Y", filter]);
        // Offloaded checksums are not looked at (tshark's default), so what is left to be malformed is ours.
        assert_eq!(found("tcp.flags.reset == 1 || _ws.malformed"), "", "{who}");
        for handshake in ["ip.src == 10.77.0.1", "ipv6.src == fd77::1"] {
            let filter = format!("{handshake} && tcp.flags.syn == 1");
            assert_eq!(found(&filter).lines().count(), 2, "{who}: {handshake}");
        }
    }
}
