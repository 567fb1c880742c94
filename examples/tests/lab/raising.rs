//! Each topology is raised, its hosts reach each other over both versions of IP, and its servers answer.

use crate::who::{Home, Who};

const PAGE: &str = "<p>This page comes from nginx at server, over real TCP.</p>\n";

/// Asks nginx for its page, over each version, in the clear and over TLS; inside, its certificate is trusted.
const ASK: &str = "for version in -4 -6; do for scheme in http https; do \
                     curl -sS -m 30 $version $scheme://server/ | tail -n 1; done; done";

fn for_each(name: &str, tools: &[&str], check: impl Fn(&Home, Who)) {
    let Some(home) = Home::make(name, tools) else { return };
    home.users().iter().for_each(|who| check(&home, *who));
}

#[test]
fn nginx_answers_over_both_versions_in_a_pair() {
    for_each("nginx_answers_over_both_versions_in_a_pair", &["nginx", "curl"], |home, who| {
        assert_eq!(home.script(who, &[], ASK), PAGE.repeat(4), "{who}");
    });
}

#[test]
fn nginx_answers_over_both_versions_on_a_switch_and_every_host_has_it_for_a_name() {
    let name = "nginx_answers_over_both_versions_on_a_switch_and_every_host_has_it_for_a_name";
    for_each(name, &["nginx", "curl"], |home, who| {
        let ask = ASK.replace("server", "bob");
        let script = format!("{ask}; barewire lab exec mallory -- sh -c '{ask}'");
        let page = PAGE.replace("server", "bob");
        assert_eq!(home.script(who, &["--topology", "lan"], &script), page.repeat(8), "{who}");
    });
}

#[test]
fn the_wire_of_a_path_has_its_delay_and_its_loss() {
    for_each("the_wire_of_a_path_has_its_delay_and_its_loss", &["nginx", "curl"], |home, who| {
        let options = ["--topology", "path", "--delay", "40ms", "--loss", "0%"];
        // The first connection finds the neighbours. The next one takes two delays, there and back.
        let script =
            format!("{ASK}; curl -sS -m 30 -o /dev/null -w '%{{time_connect}}\\n' http://10.77.1.2/");
        let said = home.script(who, &options, &script);
        let (pages, time) = said.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(format!("{pages}\n"), PAGE.repeat(4), "{who}");
        let seconds: f64 = time.parse().unwrap();
        assert!((0.08..5.0).contains(&seconds), "{who}: {seconds} s for a handshake over 80 ms");

        // Everything is lost: the page does not come.
        let options = [
            "run",
            "--topology",
            "path",
            "--relay",
            "loss=100%",
            "--",
            "curl",
            "-m",
            "1",
            "http://10.77.1.2/",
        ];
        let outcome = home.lab(who, &options);
        assert_eq!(outcome.code, Some(28), "{who}:\n{outcome}");
    });
}

#[test]
fn a_home_router_gives_its_ipv4_address_and_no_ipv6_address() {
    let name = "a_home_router_gives_its_ipv4_address_and_no_ipv6_address";
    for_each(name, &["nginx", "curl", "nft"], |home, who| {
        let script = format!("{ASK} > /dev/null; cut -d ' ' -f 1 /run/barewire/server/nginx/access.log");
        let clients = home.script(who, &["--topology", "nat"], &script);
        assert_eq!(clients, "10.77.1.254\n10.77.1.254\nfd77::1\nfd77::1\n", "{who}");
    });
}

#[test]
fn names_are_found_from_the_labs_own_root_on() {
    let tools = ["unbound", "nsd", "named", "dig", "curl", "nginx"];
    for_each("names_are_found_from_the_labs_own_root_on", &tools, |home, who| {
        let script = "dig +short alias.example.test A; dig +short www.example.test AAAA; \
                      dig +noall +authority @root www.example.test | tr -s ' \\t' ' '; \
                      dig +noall +answer @authority x.wild.example.test | tr -s ' \\t' ' '; \
                      curl -sS -m 30 http://www.example.test/ | tail -n 1; \
                      for name in www.example.test alias.example.test x.wild.example.test 10.77.2.80; do \
                        curl -sS -m 30 https://$name/ | tail -n 1; done; \
                      barewire fetch https://www.example.test/ --net raw | tail -n 1 | sed 's,^ *,,'";
        let said = home.script(who, &["--topology", "dns"], script);
        let wanted = "www.example.test.\n10.77.2.80\nfd77:2::80\ntest. 3600 IN NS a.nic.test.\n\
                      x.wild.example.test. 300 IN A 10.77.2.80\n";
        let page = PAGE.replace("server", "www");
        assert_eq!(said, format!("{wanted}{}", page.repeat(6)), "{who}");
    });
}

#[test]
fn without_servers_on_the_machine_our_own_take_their_place() {
    let name = "without_servers_on_the_machine_our_own_take_their_place";
    let Some(home) = Home::make(name, &["curl"]) else { return };
    // An empty folder over /usr/sbin, which the lab alone sees, and in there a second lab: it finds no nginx.
    let script = "mkdir /run/empty; for folder in /usr/local/sbin /usr/sbin; do mount --bind /run/empty $folder; done; \
                  PATH=/run/barewire/bin:/usr/bin:/bin; \
                  barewire lab run -- curl -sS -m 30 http://server/ | tail -n 1; \
                  barewire lab run --topology dns -- sh -c 'cat /run/netns/x 2>/dev/null; \
                    dig +short @authority mail.example.test; dig +short +tcp @root NS .'";
    for who in home.users() {
        let said = home.script(*who, &["-q", "--no-servers"], script);
        let wanted = "<p>This page comes from barewire at server, over real TCP.</p>\n10.77.2.25\na.root.\n";
        assert_eq!(said, wanted, "{who}");
    }
}

#[test]
fn nothing_is_said_in_a_pair_before_somebody_speaks() {
    let name = "nothing_is_said_in_a_pair_before_somebody_speaks";
    for_each(name, &["tcpdump", "ip"], |home, who| {
        // Each host reports its multicast groups once, in the first moments.
        let script = "sleep 1; timeout 3 tcpdump -Z root -ni eth0 2>&1 || test $? = 124; \
                      ip -br addr show eth0 | tr -s ' '";
        let said = home.script(who, &["-q", "--no-servers"], script);
        assert!(said.contains("\n0 packets captured\n"), "{who}: {said}");
        assert!(said.ends_with(" 10.77.0.1/24 fd77::1/64 fe80::1/64 \n"), "{who}: {said}");
    });
}
