//! `barewire keys`: the key schedule of a fetch and of captures, for people, for programs and for openssl.

mod common;
#[path = "common/wire.rs"]
mod wire;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use barewire_dissect::columns;
use barewire_packet::capture::Capture;
use common::{TempFolder, barewire};
use serde_json::Value;

fn capture(name: &str) -> String {
    format!("{}/../tls13/tests/captures/{name}.pcapng", env!("CARGO_MANIFEST_DIR"))
}

/// The secrets in the key log of a capture, sorted.
fn key_log(path: &str) -> Vec<String> {
    let capture = Capture::read(&std::fs::read(path).unwrap()).unwrap();
    let lines = capture.secrets.concat();
    let mut secrets: Vec<String> =
        lines.lines().filter_map(|line| line.split_ascii_whitespace().nth(2).map(str::to_owned)).collect();
    secrets.sort();
    secrets
}

fn json(arguments: &[&str]) -> Vec<Value> {
    let run = barewire(&[&["keys", "--json"], arguments].concat()).succeeds();
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What was made, with its value.
fn made(object: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let arrows = object["arrows"].as_array().unwrap();
    arrows.iter().map(|arrow| (text(&arrow["made"]), text(&arrow["value"]))).collect()
}

#[test]
fn the_schedule_of_a_fetch_fits_80_columns_and_is_whole() {
    for url in ["https://www.example.test/", "https://retry.example.test/"] {
        let run = barewire(&["keys", url]).succeeds();
        for line in run.stdout.lines() {
            assert!(columns(line) <= 80, "{} columns: {line}", columns(line));
        }
        for wanted in
            ["ClientHello", "(EC)DHE secret", "main secret", "resumption_secret", "\"c hs traffic\" #"]
        {
            assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
        }
        assert!(!run.stdout.contains("not known"), "{run}");
        assert_eq!(run.stdout.contains("message_hash"), url.contains("retry"), "{run}");
    }
}

#[test]
fn full_prints_values_whole() {
    let run = barewire(&["keys", "--full"]).succeeds();
    // The early secret without a pre-shared key is the same everywhere: it stands in RFC 8448 §3.
    let early = "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a";
    assert!(run.stdout.lines().any(|line| line.trim() == early), "{run}");
    assert!(!run.stdout.contains('…'), "{run}");
    assert!(run.stdout.lines().all(|line| columns(line) <= 80), "{run}");
}

/// What a key log calls the secret that `keys` calls `name`. OpenSSL logs those after a KeyUpdate, too, as N.
fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "client_early_traffic_secret" => "CLIENT_EARLY_TRAFFIC_SECRET",
        "early_exporter_secret" => "EARLY_EXPORTER_SECRET",
        "client_handshake_traffic_secret" => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "server_handshake_traffic_secret" => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "client_application_traffic_secret_0" => "CLIENT_TRAFFIC_SECRET_0",
        "server_application_traffic_secret_0" => "SERVER_TRAFFIC_SECRET_0",
        "exporter_secret" => "EXPORTER_SECRET",
        _ if name.starts_with("client_application_traffic_secret_") => "CLIENT_TRAFFIC_SECRET_N",
        _ if name.starts_with("server_application_traffic_secret_") => "SERVER_TRAFFIC_SECRET_N",
        _ => return None,
    })
}

/// Of every connection of every capture, resumed ones and early data among them, `keys` shows the secrets that the
/// peer's key log has for it, under their names, and no other; and the keys made of them opened records.
#[test]
fn the_keys_of_a_capture_equal_what_the_peer_s_key_log_says() {
    let (mut connections, mut resumed, mut early) = (0, 0, 0);
    for path in wire::captures().iter().filter(|path| path.to_string_lossy().contains("tls13")) {
        let log = Capture::read(&std::fs::read(path).unwrap()).unwrap().secrets.concat();
        let path = path.to_string_lossy();
        if !log.contains("SERVER_HANDSHAKE") || path.contains("mid_connection") {
            continue;
        }
        for object in json(&[&path]) {
            let hello = object["transcript"].as_array().unwrap();
            let hello = hello.iter().rfind(|entry| entry["name"] == "ClientHello").unwrap();
            // The random stands after the message's header and legacy_version (RFC 8446 §4.1.2).
            let random = &hello["message"].as_str().unwrap()[2 * 6..2 * 38];
            let of_it = |line: &&str| line.split_ascii_whitespace().nth(1) == Some(random);
            let mut logged: Vec<String> = log.lines().filter(of_it).map(str::to_owned).collect();
            let line = |(name, value): &(String, String)| Some(format!("{} {random} {value}", label(name)?));
            let mut shown: Vec<String> = made(&object).iter().filter_map(line).collect();
            [&mut logged, &mut shown].iter_mut().for_each(|lines| lines.sort());
            assert_eq!(shown, logged, "{path} {}", object["connection"]);
            // Where a server refused the client, or was refused, there are fewer.
            let keys = object["keys"].as_array().unwrap().len();
            assert!(
                path.contains("alerts") || (keys >= 4 && shown.len() >= 5),
                "{path}: {keys} keys, {shown:?}"
            );
            connections += 1;
            let given = object["given"].as_array().unwrap();
            resumed += u32::from(given.iter().all(|given| given["name"] != "pre-shared key"));
            early += u32::from(made(&object).iter().any(|(name, _)| name == "client_early_traffic_secret"));
        }
    }
    assert!(connections >= 50 && resumed >= 20 && early >= 5, "{connections} {resumed} {early}");
}

/// A session's key is not in a key log: neither it nor what is made of it is known, and it is not called zeros.
#[test]
fn a_resumed_capture_says_that_a_key_comes_from_an_earlier_session() {
    let path = capture("servers/nginx");
    let row = |stream: &str| {
        let run = barewire(&["keys", &path, "--stream", stream]).succeeds();
        let row = run.stdout.lines().find(|line| line.contains("pre-shared key"));
        row.unwrap().split_ascii_whitespace().skip(3).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("0"), "none, so zeros 00000000…00000000");
    assert_eq!([row("1"), row("2")], ["an earlier session not known"; 2]);
}

fn is_logged(made: &str) -> bool {
    let ends = ["traffic_secret", "traffic_secret_0", "exporter_secret"];
    !made.contains(' ') && ends.iter().any(|end| made.ends_with(end))
}

#[test]
fn a_fetch_and_the_capture_of_another_have_the_same_form() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["--pcapng", &file]).succeeds();
    let [fetched, captured] = [json(&[]), json(&[&file])].map(|mut objects| objects.remove(0));
    let names = |object: &Value| -> Vec<String> {
        object["transcript"].as_array().unwrap().iter().map(|entry| entry["name"].to_string()).collect()
    };
    assert_eq!(names(&fetched), names(&captured));
    let made_of_logged = |object: &Value| -> Vec<String> {
        made(object).into_iter().map(|(made, _)| made).filter(|made| is_logged(made)).collect()
    };
    assert_eq!(made_of_logged(&fetched), made_of_logged(&captured));
    assert_eq!(key_log(&file).len(), 5);
}

/// Without secrets, the transcript of the hellos is there, and it is said what is missing.
#[test]
fn a_capture_without_a_key_log_says_what_it_needs() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    let mut whole = Capture::read(&std::fs::read(capture("aes128")).unwrap()).unwrap();
    let secrets = std::mem::take(&mut whole.secrets);
    std::fs::write(&file, whole.write()).unwrap();
    let run = barewire(&["keys", &file]).succeeds();
    assert!(run.stdout.contains("ServerHello") && !run.stdout.contains("EncryptedExtensions"), "{run}");
    assert!(run.stderr.contains("--keylog"), "{run}");
    let log = folder.file("keys.log");
    std::fs::write(&log, secrets.concat()).unwrap();
    let run = barewire(&["keys", &file, "--keylog", &log]).succeeds();
    assert!(run.stdout.contains("EncryptedExtensions") && run.stderr.is_empty(), "{run}");
}

/// A record that was changed in a capture: the secrets of the key log are right, and so is the number.
#[test]
fn a_record_that_does_not_open_is_diagnosed() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    let mut changed = Capture::read(&std::fs::read(capture("transfer")).unwrap()).unwrap();
    // The last record of some length: its last byte is a byte of the tag.
    let frame = changed.frames.iter_mut().rfind(|frame| frame.bytes.len() > 600).unwrap();
    *frame.bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, changed.write()).unwrap();
    let run = barewire(&["keys", &file]).succeeds();
    let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("does not open: suite, secret, key, nonce and sequence number are the peer's"),
        "{run}"
    );
    assert!(run.stdout.lines().all(|line| columns(line) <= 80), "{run}");
}

#[test]
fn the_peer_s_key_log_is_compared() {
    let folder = TempFolder::new();
    let (file, log) = (capture("aes128"), folder.file("peer.log"));
    let whole = Capture::read(&std::fs::read(&file).unwrap()).unwrap();
    let lines = whole.secrets.concat();
    let says = |text: &str| {
        std::fs::write(&log, text).unwrap();
        json(&[&file, "--peer", &log])[0]["remarks"].to_string()
    };
    assert!(says(&lines).contains("are the same"), "{}", says(&lines));
    // The peer has another secret for its data, and the same for its handshake.
    let wrong: Vec<String> = lines
        .lines()
        .map(|line| match line.split_once("SERVER_TRAFFIC_SECRET_0") {
            Some(_) => {
                format!("{}{}", &line[..line.len() - 2], if line.ends_with("00") { "01" } else { "00" })
            }
            None => line.to_owned(),
        })
        .collect();
    let said = says(&wrong.join("\n"));
    assert!(said.contains("the label of the server_application_traffic_secret_0 differs"), "{said}");
    let said = says("");
    assert!(said.contains("no secret of this connection"), "{said}");
}

#[test]
fn where_there_is_nothing_to_show_it_says_so() {
    let run = barewire(&["keys", &capture("tls12")]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("TLS 1.3"), "{run}");
    let run = barewire(&["keys", "no-such-file"]);
    assert_eq!(run.code, Some(26), "{run}");
    // A server that is not trusted: the handshake keys were made, and its failure has the exit code.
    let run = barewire(&["keys", "https://untrusted.example.test/"]);
    assert_eq!(run.code, Some(60), "{run}");
    assert!(run.stdout.contains("server_handshake_traffic_secret"), "{run}");
}

/// Whether these tools are there. If not, says so past the test harness's capture of output.
fn have(test: &str, tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| {
        let mut help = Command::new(tool);
        help.args(["-c", "exit"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        help.status().is_err()
    });
    let Some(tool) = missing else { return true };
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{test} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but there is no {tool}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}, because there is no {tool}");
    false
}

/// `openssl s_server` on a free port of loopback, until it is dropped.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    fn start(folder: &TempFolder, arguments: &[&str]) -> Server {
        let (key, certificate) = (folder.file("key.pem"), folder.file("cert.pem"));
        let curve = "ec_paramgen_curve:P-256";
        let request =
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", curve, "-nodes", "-subj", "/CN=localhost"];
        let made =
            Command::new("openssl").args(request).args(["-keyout", &key, "-out", &certificate]).output();
        assert!(made.as_ref().unwrap().status.success(), "{made:?}");
        let mut child = Command::new("openssl")
            .args([
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-www",
                "-tls1_3",
                "-key",
                &key,
                "-cert",
                &certificate,
            ])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let accept = lines.find(|line| line.starts_with("ACCEPT")).expect("openssl says where it listens");
        // It goes on writing, and must not find the pipe closed.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, port: accept.rsplit(':').next().unwrap().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// OpenSSL's server writes the same secrets into its key log as our ledger has, also after a HelloRetryRequest.
#[test]
fn the_keys_of_a_fetch_equal_what_openssl_logs() {
    if !have("the_keys_of_a_fetch_equal_what_openssl_logs", &["openssl"]) {
        return;
    }
    for (arguments, message) in [
        (&["-ciphersuites", "TLS_AES_256_GCM_SHA384"][..], "Certificate"),
        (&["-groups", "P-256"], "message_hash"),
    ] {
        let folder = TempFolder::new();
        let log = folder.file("server.log");
        let server = Server::start(&folder, &[arguments, &["-keylogfile", &log]].concat());
        let url = format!("https://localhost:{}/", server.port);
        let resolve = format!("localhost:{}:127.0.0.1", server.port);
        let arguments = [url.as_str(), "--net", "os", "-k", "--resolve", &resolve, "--peer", &log];
        let object = json(&arguments).remove(0);
        assert!(object["transcript"].to_string().contains(&format!("\"{message}\"")), "{object}");
        let remarks = object["remarks"].to_string();
        assert!(remarks.contains("all of its 5 secrets that are known here are the same"), "{remarks}");
    }
}

/// The script that --openssl prints makes every value again.
#[test]
fn openssl_makes_every_value_again() {
    if !have("openssl_makes_every_value_again", &["openssl", "xxd", "sh"]) {
        return;
    }
    let run = barewire(&["keys", "--openssl"]).succeeds();
    let wanted: Vec<&str> = run.stdout.lines().filter_map(|line| line.strip_prefix("# = ")).collect();
    let output = Command::new("sh").args(["-c", &run.stdout]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap().to_lowercase().replace(':', "");
    let printed: Vec<&str> = printed.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(printed, wanted);
    assert_eq!(wanted.len(), 23);
}
