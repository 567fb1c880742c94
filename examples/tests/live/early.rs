//! `--early-data` and a server that does not act on it: nginx answers 425, and the request comes again.

use crate::certificates::Authority;
use crate::fetch::{Net, fetch, tshark_fields};
use crate::lab::{Lab, SERVER};
use crate::servers;

/// How often it is tried to be there before the Finished.
const ATTEMPTS: u32 = 10;

/// nginx says what became of each request: over which connection it came, and whether that was in its handshake.
#[test]
fn too_early_is_asked_again_after_the_handshake() {
    let Some(lab) = Lab::raise("too_early_is_asked_again_after_the_handshake") else { return };
    let authority = Authority::new(&lab, "root");
    let identity = authority.good("good");
    let dir = lab.dir().display();
    let temporary = servers::temporary(&lab);
    let config = lab.write(
        "early.conf",
        format!(
            "user root;\ndaemon off;\nworker_processes 1;\npid {dir}/nginx.pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\nlog_format early '$uri $status $connection $ssl_session_reused $ssl_early_data';\n\
             access_log {dir}/requests early;\n{temporary}server {{ listen {SERVER}:443 ssl; ssl_protocols TLSv1.3;\n\
             ssl_early_data on; ssl_certificate {}; ssl_certificate_key {};\n\
             location /close {{ keepalive_timeout 0; return 200 'first'; }}\n\
             location /once {{ if ($ssl_early_data) {{ return 425; }} return 200 'once'; }} }}\n}}\n",
            identity.certificate, identity.key
        ),
    );
    lab.serve(443, &["nginx", "-p", &lab.path(""), "-e", "stderr", "-c", &config]);
    let [close, once] = ["close", "once"].map(|page| format!("https://{SERVER}/{page}"));
    for net in Net::BOTH {
        let file = lab.path(&format!("{net:?}.pcapng"));
        let attempt = |_| {
            let run = fetch(&lab, net, &close, &["-k", "--early-data", "--pcapng", &file, &once]);
            assert!(run.succeeded(), "{run}");
            (run, tshark_fields(&file, "http.response", &["tcp.stream", "http.response.code"]))
        };
        // The client's Finished may be there before nginx looks at the request. Then nginx acts on it, rightly.
        let acted_at_once = |(_, statuses): &(_, Vec<Vec<String>>)| *statuses == [["0", "200"], ["1", "200"]];
        let mut attempts = (0..ATTEMPTS).map(attempt).skip_while(acted_at_once);
        let (run, statuses) = attempts.next().expect("nginx never saw the request before the Finished");
        assert_eq!(statuses, [["0", "200"], ["1", "425"], ["1", "200"]], "{net:?}: {run}");
        let requests = std::fs::read_to_string(lab.path("requests")).expect("the log of nginx");
        let lines: Vec<Vec<&str>> = requests.lines().map(|line| line.split(' ').collect()).collect();
        let [.., first, early, again] = &lines[..] else { panic!("{requests}") };
        assert_eq!((first[0], first[3]), ("/close", "."), "{requests}");
        // It came with the ClientHello, and again over the same connection, when nginx had the client's Finished.
        assert_eq!((early[0], early[1], early[3], early[4]), ("/once", "425", "r", "1"), "{requests}");
        assert_eq!((again[0], again[1], again[2], again[3]), ("/once", "200", early[2], "r"), "{requests}");
        assert_ne!(again.get(4), Some(&"1"), "{requests}");
    }
}
