//! Our server and five clients: curl, node, Python's http.client, wrk and Chromium. `barewire serve` answers those that
//! read pages; the ones that send bodies talk to [`Echo`], which is the driver in forty lines.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use barewire_http1::driver::{Error, answer, next_request};
use barewire_http1::{Config, Request, Response, server};

use crate::need;

/// A server on a free port: `/page`, `/chunks`, and `/echo`, which gives the body back.
struct Echo {
    port: u16,
}

impl Echo {
    fn start() -> Echo {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("its number").port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(|| serve(stream));
            }
        });
        Echo { port }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn serve(mut stream: TcpStream) {
    let mut connection = server::Connection::new(Config::default());
    loop {
        let (response, body) = match next_request(&mut stream, &mut connection, 8 << 20) {
            Ok(Some((request, body))) => respond(&request, body),
            Ok(None) | Err(Error::Io(_)) => return,
            Err(Error::Http(refused)) => {
                (Response::new(refused.reason.status_hint()), refused.to_string().into_bytes())
            }
        };
        if !answer(&mut stream, &mut connection, &response, &body).unwrap_or(false) {
            return;
        }
    }
}

fn respond(request: &Request, body: Vec<u8>) -> (Response, Vec<u8>) {
    match request.target.split('?').next().unwrap_or_default() {
        "/page" => (Response::new(200), b"a page".to_vec()),
        "/chunks" if request.version.minor == 0 => (Response::new(200), b"in chunks".to_vec()),
        "/chunks" => (Response::new(200).with("Transfer-Encoding", "chunked"), b"in chunks".to_vec()),
        "/echo" => (Response::new(200), body),
        _ => (Response::new(404), Vec::new()),
    }
}

/// Runs a program, for two minutes at most, which must end with 0; gives what it printed.
fn prints(program: &str, words: &[&str]) -> String {
    let mut command = Command::new("timeout");
    let output = command.args(["120", program]).args(words).stdin(Stdio::null()).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {}\n{printed}\n{said}", output.status);
    printed
}

fn curl(words: &[&str]) -> String {
    prints("curl", &[&["-sS", "--max-time", "20"], words].concat())
}

#[test]
fn curl_reads_and_sends() {
    if !need::can_run("as_server::curl_reads_and_sends", false, &["curl"]) {
        return;
    }
    let echo = Echo::start();
    let (page, chunks, echoes) = (echo.url("/page"), echo.url("/chunks"), echo.url("/echo"));
    let file = std::env::temp_dir().join(format!("bwpeer-{}-upload", std::process::id()));
    fs::write(&file, "0123456789abcdef".repeat(200_000)).expect("a file");
    let upload = file.display().to_string();
    let status = "%{http_code} %{size_download} %{num_connects}";
    let cases: [(&[&str], &str); 13] = [
        (&[&page], "a page"),
        (&["--http1.0", &page], "a page"),
        (&["--http1.0", &chunks], "in chunks"),
        (&[&chunks], "in chunks"),
        (&["--raw", &chunks], "9\r\nin chunks\r\n0\r\n\r\n"),
        // Three on one connection.
        (&[&page, &chunks, &page, "-w", status], "a page200 6 1in chunks200 9 0a page200 6 0"),
        (&["-d", "a=b", &echoes], "a=b"),
        (&["--http1.0", "-d", "a=b", &echoes], "a=b"),
        (&["-H", "Expect: 100-continue", "-d", "after 100", &echoes], "after 100"),
        (&["-X", "DELETE", &page], "a page"),
        (&["-o", "/dev/null", "-w", status, &echo.url("/missing")], "404 0 1"),
        // curl waits for 100 by itself when it sends much.
        (&["-T", &upload, "-o", "/dev/null", "-w", status, &echoes], "200 3200000 1"),
        (
            &["-H", "Transfer-Encoding: chunked", "-T", &upload, "-o", "/dev/null", "-w", status, &echoes],
            "200 3200000 1",
        ),
    ];
    for (words, wanted) in cases {
        assert_eq!(curl(words), wanted, "curl {words:?}");
    }
    let head = curl(&["-I", &page]);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("Content-Length: 6\r\n"), "{head}");
    let last = curl(&["-i", "-H", "Connection: close", &page]);
    assert!(last.contains("Connection: close\r\n") && last.ends_with("\r\n\r\na page"), "{last}");
    let form = curl(&["-F", "name=value", "-F", &format!("file=@{upload}"), &echoes]);
    assert!(form.contains("name=\"name\"\r\n\r\nvalue\r\n"), "{}", form.len());
    fs::remove_file(file).expect("our file");
}

#[test]
fn node_reads_and_sends() {
    if !need::can_run("as_server::node_reads_and_sends", false, &["node"]) {
        return;
    }
    let port = Echo::start().port.to_string();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/client.js");
    assert_eq!(prints("node", &[script, &port]), "all of it\n");
}

#[test]
fn python_reads_and_sends() {
    if !need::can_run("as_server::python_reads_and_sends", false, &["python3"]) {
        return;
    }
    let port = Echo::start().port.to_string();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/client.py");
    assert_eq!(prints("python3", &[script, &port]), "all of it\n");
}

/// `barewire serve` with a page of ours. Both end with it.
struct Served {
    child: Child,
    port: u16,
    folder: std::path::PathBuf,
}

/// It fetches ten resources at once, and then says how many bytes came of each.
const TEN: &str = "<!doctype html><title>ten</title><body><script>
const ten = [...Array(10).keys()].map((n) => fetch('/barewire.wasm?' + n).then((answer) => answer.arrayBuffer()));
Promise.all(ten)
    .then((all) => (document.body.textContent = all.length + ' times ' + all.map((one) => one.byteLength).join(' ')))
    .catch((error) => (document.body.textContent = 'failed: ' + error));
</script>";

impl Served {
    fn start(name: &str) -> Served {
        let folder = std::env::temp_dir().join(format!("bwpeer-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("index.html"), TEN).expect("a file");
        fs::write(folder.join("barewire.wasm"), [7; 100_000]).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_barewire"))
            .args(["serve", "--port", "0", "--page", &folder.display().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        Served { port: port.unwrap_or_else(|| panic!("no port in {line:?}")), child, folder }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The three clients above, and `barewire serve`: the page, its program, and nothing else.
#[test]
fn serve_answers_them() {
    if !need::can_run("as_server::serve_answers_them", false, &["curl", "node", "python3"]) {
        return;
    }
    let served = Served::start("three");
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", served.port);
    let (page, program, missing) = (url("/"), url("/barewire.wasm"), url("/missing"));
    let status = ["-o", "/dev/null", "-w", "%{http_code} %{size_download} %{num_connects}\n"];
    for words in [
        &[&page, "--compressed"][..],
        &[&page, "--http1.0"],
        &[&page, "-r", "0-3"],
        &[&page, "-H", "Expect: x"],
    ] {
        assert_eq!(curl(words), TEN, "curl {words:?}");
    }
    let all = [&status[..], &[&program, "-o", "/dev/null", &missing, "-o", "/dev/null", &page]].concat();
    assert_eq!(curl(&all), format!("200 100000 1\n404 28 0\n200 {} 0\n", TEN.len()));
    assert_eq!(curl(&[&status[..], &["-d", "a=b", &page]].concat()), "405 28 1\n");
    let in_node = format!(
        "Promise.all([...Array(20)].map(() => fetch('{program}').then((it) => it.arrayBuffer())))\
         .then((all) => console.log(all.map((one) => one.byteLength).join(' ')))"
    );
    assert_eq!(prints("node", &["-e", &in_node]).trim(), ["100000"; 20].join(" "));
    let in_python = format!(
        "import http.client\nc = http.client.HTTPConnection('127.0.0.1', {})\n\
         for method in 5 * ['GET', 'HEAD']:\n    c.request(method, '/barewire.wasm')\n    print(len(c.getresponse().read()))",
        served.port
    );
    assert_eq!(prints("python3", &["-c", &in_python]), "100000\n0\n".repeat(5));
}

#[test]
fn chromium_loads_a_page_of_ten_resources() {
    if !need::can_run("as_server::chromium_loads_a_page_of_ten_resources", false, &["chromium"]) {
        return;
    }
    let served = Served::start("chromium");
    let profile = served.folder.join("profile").display().to_string();
    let profile = format!("--user-data-dir={profile}");
    let url = format!("http://127.0.0.1:{}/", served.port);
    let words = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom"];
    let page = prints("chromium", &[&words[..], &[&profile, &url]].concat());
    let wanted = format!("10 times{}", " 100000".repeat(10));
    assert!(page.contains(&wanted), "wanted {wanted:?} in:\n{page}");
}

/// Six connections, as many requests as they carry. BAREWIRE_WRK_SECONDS says for how long; 5.
#[test]
fn wrk_sees_no_error() {
    if !need::can_run("as_server::wrk_sees_no_error", false, &["wrk"]) {
        return;
    }
    let served = Served::start("wrk");
    let seconds = std::env::var("BAREWIRE_WRK_SECONDS").unwrap_or_else(|_| "5".to_owned());
    let url = format!("http://127.0.0.1:{}/", served.port);
    let said = prints("wrk", &["-t1", "-c6", &format!("-d{seconds}s"), &url]);
    println!("{said}");
    assert!(said.contains("Requests/sec:"), "{said}");
    assert!(!said.contains("Socket errors") && !said.contains("Non-2xx"), "{said}");
    let count = said.lines().find_map(|line| line.split_once(" requests in ")?.0.trim().parse::<u64>().ok());
    assert!(count.is_some_and(|count| count > 100), "{said}");
}
