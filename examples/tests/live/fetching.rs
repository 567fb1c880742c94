//! Pages that arrive: through unbound and nginx, `openssl s_server`, `gnutls-serv`, over a raw socket and over the
//! kernel's.

use std::path::Path;

use crate::certificates::{Authority, HOST};
use crate::fetch::{Net, assert_well_formed, fetch, fetch_file, resolver, sha256, tshark};
use crate::judged;
use crate::lab::{Lab, SERVER};
use crate::servers::{self, PAGE, Site, TWO_MEGABYTES_SHA256};

#[test]
fn raw_through_unbound_and_nginx() {
    let Some(lab) = Lab::raise("raw_through_unbound_and_nginx") else { return };
    through_unbound_and_nginx(&lab, Net::Raw);
}

/// The same where each packet is at most 1500 bytes and has a complete checksum.
#[test]
fn raw_without_offloads() {
    let Some(lab) = Lab::raise("raw_without_offloads") else { return };
    lab.offloads_off();
    through_unbound_and_nginx(&lab, Net::Raw);
}

/// What the README tells people to do instead of becoming root: the guard against the kernel's RST must do with less.
#[test]
fn raw_with_one_capability() {
    let Some(lab) = Lab::raise("raw_with_one_capability") else { return };
    through_unbound_and_nginx(&lab, Net::RawCapability);
}

#[test]
fn os_as_an_ordinary_user() {
    let Some(lab) = Lab::raise("os_as_an_ordinary_user") else { return };
    through_unbound_and_nginx(&lab, Net::Os);
}

/// A small page and 2 MB by name, and nothing on the server's wire that should not be there.
fn through_unbound_and_nginx(lab: &Lab, net: Net) {
    let authority = Authority::new(lab, "root");
    servers::unbound(lab);
    servers::nginx(lab, &[Site::new(443, &authority.good("good"))]);
    let root = authority.certificate();
    let ours = lab.path("ours.pcapng");
    let by_name = [&resolver()[..], &["--cacert", &root]].concat();

    let recorder = lab.record("server.pcap");
    let (page, outcome) = fetch_file(
        lab,
        net,
        &format!("https://{HOST}/page.html"),
        &[&by_name[..], &["--pcapng", &ours]].concat(),
    );
    assert_eq!(String::from_utf8_lossy(&page), PAGE, "\n{outcome}");
    assert!(outcome.stdout.contains("200"), "the output should tell the status:\n{outcome}");
    let (page, outcome) =
        fetch_file(lab, net, "https://alias.live.test/page.html", &[&by_name[..], &["-k"]].concat());
    assert_eq!(String::from_utf8_lossy(&page), PAGE, "\n{outcome}");
    let (body, outcome) = fetch_file(lab, net, &format!("https://{HOST}/2mb"), &by_name);
    assert_eq!((body.len(), sha256(lab, &body).as_str()), (2_000_000, TWO_MEGABYTES_SHA256), "\n{outcome}");
    let theirs = recorder.stop();

    let resets = tshark(&theirs, "tcp.flags.reset == 1");
    assert!(resets.is_empty(), "the server's wire ({theirs}) should hold no RST:\n{}", resets.join("\n"));
    assert_eq!(
        tshark(&theirs, "tcp.flags.syn == 1 && tcp.flags.ack == 1").len(),
        3,
        "three connections in {theirs}"
    );
    assert_well_formed(&theirs);
    assert_well_formed(&ours);
    assert_decrypted(&ours);
    judged::agree(Path::new(&ours));
}

/// The program's own capture carries the secrets: tshark reads the request and the response, given nothing else.
fn assert_decrypted(ours: &str) {
    let http = tshark(ours, "http").join("\n");
    assert!(http.contains("GET /page.html"), "tshark sees no GET in {ours}:\n{http}");
    assert!(http.contains("200 OK"), "tshark sees no 200 in {ours}:\n{http}");
}

/// A machine with both versions of IP: the resolver is asked over IPv4, and the page comes over IPv6. The client is one
/// host, its SYN is its own, and the budget counts all four round trips.
#[test]
fn a_page_over_ipv6_with_a_resolver_over_ipv4() {
    let Some(lab) = Lab::raise("a_page_over_ipv6_with_a_resolver_over_ipv4") else { return };
    lab.add_ipv6();
    let authority = Authority::new(&lab, "root");
    servers::unbound(&lab);
    servers::nginx(&lab, &[Site::new(443, &authority.good("good"))]);
    lab.reach_over_ipv6(443);
    for net in Net::BOTH {
        let ours = lab.path(&format!("{net:?}.pcapng"));
        let arguments = [&resolver()[..], &["-6", "-k", "--pcapng", &ours]].concat();
        let (page, outcome) = fetch_file(&lab, net, "https://six.live.test/page.html", &arguments);
        assert_eq!(String::from_utf8_lossy(&page), PAGE, "\n{outcome}");
        let objects = judged::read(Path::new(&ours));
        let syn = objects.iter().find(|object| object["tcp"]["flags"] == "SYN");
        let syn = syn.unwrap_or_else(|| panic!("no SYN in {ours}\n{outcome}"));
        assert_eq!((&syn["from"], &syn["to"]), (&"client".into(), &"server".into()), "{syn}\n{outcome}");
        let budget = objects.iter().find(|object| object["kind"] == "budget");
        let trips = budget.and_then(|budget| budget["round_trips_to_first_byte"].as_u64());
        // Where a round trip takes microseconds, a bare ACK can look like the cause of what comes next: one more.
        let all_four = trips.is_some_and(|trips| (4..=5).contains(&trips));
        assert!(all_four, "DNS, TCP, TLS and HTTP over {net:?}: {budget:?}\n{outcome}");
        judged::agree(Path::new(&ours));
    }
}

#[test]
fn openssl_with_and_without_hello_retry() {
    let Some(lab) = Lab::raise("openssl_with_and_without_hello_retry") else { return };
    let authority = Authority::new(&lab, "root");
    let identity = authority.good("good");
    let root = authority.certificate();
    servers::openssl(&lab, 4433, &identity, &["-tls1_3", "-groups", "X25519"]);
    servers::openssl(&lab, 4434, &identity, &["-tls1_3", "-groups", "P-256"]);
    for net in Net::BOTH {
        for (port, hellos) in [(4433, 1), (4434, 2)] {
            let recorder = lab.record(&format!("server-{net:?}-{port}.pcap"));
            fetch_page_at(&lab, net, port, &root);
            let theirs = recorder.stop();
            let sent = tshark(&theirs, "tls.handshake.type == 1").len();
            assert_eq!(sent, hellos, "ClientHellos over {net:?} on port {port} in {theirs}");
            assert_well_formed(&theirs);
        }
    }
}

#[test]
fn each_suite_and_an_rsa_certificate() {
    let Some(lab) = Lab::raise("each_suite_and_an_rsa_certificate") else { return };
    let authority = Authority::new(&lab, "root");
    let identity = authority.good_rsa("rsa");
    let root = authority.certificate();
    let suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
    for (port, suite) in (4440..).zip(suites) {
        servers::openssl(&lab, port, &identity, &["-tls1_3", "-ciphersuites", suite]);
        for net in Net::BOTH {
            fetch_page_at(&lab, net, port, &root);
        }
    }
}

fn fetch_page_at(lab: &Lab, net: Net, port: u16, root: &str) {
    let url = format!("https://{HOST}:{port}/page.html");
    let (page, outcome) = fetch_file(lab, net, &url, &["--cacert", root, "--resolve", &at(port)]);
    assert_eq!(String::from_utf8_lossy(&page), PAGE, "\n{outcome}");
}

/// The value of `--resolve` for the good name on this port.
fn at(port: u16) -> String {
    format!("{HOST}:{port}:{SERVER}")
}

/// gnutls asks for a client certificate, and writes its flight in its own way.
#[test]
fn gnutls() {
    let Some(lab) = Lab::raise("gnutls") else { return };
    let authority = Authority::new(&lab, "root");
    servers::gnutls(&lab, 5556, &authority.good("good"));
    let root = authority.certificate();
    for net in Net::BOTH {
        let url = format!("https://{HOST}:5556/");
        let (page, outcome) = fetch_file(&lab, net, &url, &["--cacert", &root, "--resolve", &at(5556)]);
        let page = String::from_utf8_lossy(&page);
        assert!(page.contains("GnuTLS"), "gnutls's page should name its maker, got:\n{page}\n{outcome}");
    }
}

/// What is near to the refusals, but right: a body by Content-Length, and one that ends with close_notify.
#[test]
fn bodies_that_end_as_they_should() {
    let Some(lab) = Lab::raise("bodies_that_end_as_they_should") else { return };
    let authority = Authority::new(&lab, "root");
    servers::scripted(&lab, 9443, &authority.good("good"));
    let root = authority.certificate();
    for net in Net::BOTH {
        for path in ["/whole", "/until-close"] {
            let url = format!("https://{HOST}:9443{path}");
            let (body, outcome) = fetch_file(&lab, net, &url, &["--cacert", &root, "--resolve", &at(9443)]);
            assert_eq!(body.len(), 40, "over {net:?}:\n{outcome}");
        }
    }
}

/// The server answers when it has the head of a large upload, and closes: what it said arrives, though the upload did
/// not.
#[test]
fn an_answer_before_the_upload_is_read() {
    let Some(lab) = Lab::raise("an_answer_before_the_upload_is_read") else { return };
    let authority = Authority::new(&lab, "root");
    servers::scripted(&lab, 9443, &authority.good("good"));
    let root = authority.certificate();
    let upload = format!("@{}", lab.write("upload", servers::two_megabytes()));
    for net in Net::BOTH {
        let url = format!("https://{HOST}:9443/whole");
        let arguments = ["--cacert", &root, "--resolve", &at(9443), "-d", &upload];
        let (body, outcome) = fetch_file(&lab, net, &url, &arguments);
        assert_eq!(body.len(), 40, "over {net:?}:\n{outcome}");
    }
}

/// `-k` lets a bad certificate pass, and the output does not hide it.
#[test]
fn insecure_says_so() {
    let Some(lab) = Lab::raise("insecure_says_so") else { return };
    let authority = Authority::new(&lab, "root");
    servers::nginx(&lab, &[Site::new(443, &authority.expired("expired"))]);
    for net in Net::BOTH {
        let outcome = fetch(&lab, net, &format!("https://{HOST}/page.html"), &["-k", "--resolve", &at(443)]);
        assert!(outcome.succeeded(), "-k should let an expired certificate pass:\n{outcome}");
        let said = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
        let words = ["not verified", "unverified", "insecure", "not checked", "not proved", "-k"];
        assert!(words.iter().any(|word| said.contains(word)), "-k should be told in the output:\n{outcome}");
    }
}
