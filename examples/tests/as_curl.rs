//! What `fetch` does in the corners where curl 7.88.1 was seen to do the same: its exit codes, flags that are repeated,
//! and the order of what is sent. The numbers and texts here are curl's, from a server that played the same answers.

mod common;

use common::scripted::{Does, Heard, Scripted, answer};
use common::{Run, TempFolder, barewire};

/// Fetches from a server that gives this answer to everything, and closes.
fn fetch(bytes: &'static str, arguments: &[&str]) -> Run {
    let server = Scripted::new(move |_| Does::Ends(bytes.to_owned()));
    barewire(&[&["fetch", "--net", "os", "-sS", &server.url("/")], arguments].concat())
}

/// What a server heard of a fetch from these paths.
fn heard(paths: &[&str], arguments: &[&str], input: &[u8]) -> Vec<Heard> {
    let server = Scripted::new(|_| Does::Says(answer("200 OK", "", "hi")));
    let urls: Vec<String> = paths.iter().map(|path| server.url(path)).collect();
    let mut words = vec!["fetch", "--net", "os", "-sS"];
    words.extend(urls.iter().map(String::as_str));
    words.extend(arguments);
    Run::with_input(&words, input).succeeds();
    server.heard()
}

#[test]
fn exit_codes_of_answers() {
    for (bytes, code) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi", 8),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhi", 8),
        ("HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 2\r\n\r\nhi", 8),
        ("HTTP/1.1 200 OK\r\nAb\r\nContent-Length: 0\r\n\r\n", 8),
        ("<html>hello", 1),
        ("HTTP/1.1 2x0 OK\r\nA: b\r\n\r\n", 1),
        ("HTTP/7.1 200 OK\r\nA: b\r\n\r\n", 1),
        ("HTTP/1.1 103 E\r\nA: b\r\n\r\n", 52),
        ("HTTP/1.1 100 C\r\n\r\n", 52),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 56),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 18),
        ("", 52),
    ] {
        let run = fetch(bytes, &[]);
        assert_eq!(run.code, Some(code), "{bytes:?}: {run}");
    }
}

#[test]
fn exit_codes_of_urls() {
    for (url, code) in [
        ("http://", 3),
        ("http://a b/", 3),
        ("http://[::1/", 3),
        ("http://a:99999/", 3),
        ("http://a:x/", 3),
        ("://x", 3),
        ("foo://a/", 1),
        ("ftp2://x", 1),
    ] {
        let run = barewire(&["fetch", "-sS", url]);
        assert_eq!(run.code, Some(code), "{url}: {run}");
    }
}

/// RFC 9110 §14.4: a range is of the coded bytes, so the coding of a part may stop anywhere.
#[test]
fn a_part_of_a_coded_body_is_undone_as_far_as_it_goes() {
    let gzip: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 20, 0, 0xeb, 0xff, b'p', b'a', b'r', b't'];
    let serve = |status: &'static str| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nContent-Range: bytes 0-18/99\r\nContent-Length: 19\r\n\r\n"
        );
        let bytes = [head.as_bytes(), gzip].concat();
        std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let (mut stream, _) = listener.accept().expect("a client");
            let length = stream.read(&mut [0; 4096]).expect("a request");
            assert!(length > 0);
            stream.write_all(&bytes).expect("a reader");
        });
        barewire(&["fetch", "--net", "os", "-sS", "--compressed", "-r", "0-18", &url])
    };
    let run = serve("206 Partial Content");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "part"), "{run}");
    let run = serve("200 OK");
    assert_eq!(run.code, Some(61), "a whole body is not whole: {run}");
}

#[test]
fn a_flag_may_be_repeated_and_the_last_value_counts() {
    let hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    assert_eq!(fetch(hi, &["-s", "-sSfL", "-L", "-f", "-w", "A", "-w", "B"]).succeeds().stdout, "hiB");
    assert_eq!(barewire(&["-s", "-sS", "-k", "-k"]).code, Some(0), "also without the word fetch");
    let flags = ["-A", "x", "-A", "y", "-e", "1", "-e", "2", "-X", "A", "-X", "B", "-u", "a:b", "-u", "c:d"];
    let heard =
        heard(&["/"], &[&flags[..], &["-r", "0-1", "-r", "2-3", "-H", "X: 1", "-H", "X: 2"]].concat(), b"");
    let one = &heard[0];
    assert_eq!(one.line(), "B /");
    for (name, value) in
        [("User-Agent", "y"), ("Referer", "2"), ("Authorization", "Basic Yzpk"), ("Range", "bytes=2-3")]
    {
        assert_eq!(one.field(name), Some(value), "{}", one.head);
    }
    assert!(one.head.contains("X: 1\r\nX: 2\r\n"), "one more field each: {}", one.head);
}

#[test]
fn each_upload_goes_to_its_url() {
    let folder = TempFolder::new();
    let (one, two) = (folder.file("one"), folder.file("two"));
    std::fs::write(&one, "first").expect("a file");
    std::fs::write(&two, "second").expect("a file");
    let lines = |arguments: &[&str]| -> Vec<String> {
        let heard = heard(&["/a", "/dir/", "/c"], arguments, b"input");
        heard.iter().map(|one| format!("{} {}", one.line(), String::from_utf8_lossy(&one.body))).collect()
    };
    assert_eq!(lines(&["-T", &one]), ["PUT /a first", "GET /dir/ ", "GET /c "]);
    assert_eq!(lines(&["-T", &one, "-T", &two]), ["PUT /a first", "PUT /dir/two second", "GET /c "]);
    assert_eq!(lines(&["-T", "-"]), ["PUT /a input", "GET /dir/ ", "GET /c "]);
    let run = barewire(&["fetch", "-T", &one, "-T", &two, "https://www.example.test/"]);
    assert!(run.code == Some(2) && run.stderr.contains("more -T than URLs"), "{run}");
}

#[test]
fn data_is_sent_in_the_order_of_the_command_line() {
    let body = |arguments: &[&str]| {
        let heard = heard(&["/"], arguments, b"a\nb");
        let one = &heard[0];
        assert_eq!(one.field("Content-Length"), Some(one.body.len().to_string().as_str()), "{}", one.head);
        assert_eq!(one.field("Expect"), None);
        String::from_utf8_lossy(&one.body).into_owned()
    };
    assert_eq!(body(&["--data-binary", "c", "-d", "d", "--data-binary", "e"]), "c&d&e");
    assert_eq!(body(&["--data-binary", "@-"]), "a\nb", "all of it is read, so its length is known");
    assert_eq!(body(&["-d", "@-", "--data-binary", "x"]), "ab&x");
}

#[test]
fn a_range_without_a_hyphen_gets_one() {
    for (given, sent) in
        [("5", "bytes=5-"), ("1,2", "bytes=1-"), ("0-1,5-", "bytes=0-1,5-"), ("-5", "bytes=-5")]
    {
        assert_eq!(heard(&["/"], &["-r", given], b"")[0].field("Range"), Some(sent), "{given}");
    }
    let run = barewire(&["fetch", "-r", "5", "-o", "-", "https://www.example.test/"]);
    assert!(run.stderr.contains("-r 5- is taken"), "it says so: {run}");
}

#[test]
fn proxies_that_are_not_asked() {
    let dead = "127.0.0.1:1";
    for flags in [&["-x", ""][..], &["-x", dead, "--noproxy", "127.0.0.0/8"], &["-x", dead, "-x", ""]] {
        assert_eq!(heard(&["/"], flags, b"").len(), 1, "{flags:?}");
    }
    let server = Scripted::new(|_| Does::Says(answer("200 OK", "", "hi")));
    let through = ["fetch", "--net", "os", "-sS", &server.url("/"), "-x", dead, "--noproxy", "10.0.0.0/8"];
    assert_eq!(barewire(&through).code, Some(7));
}

#[test]
fn dots_in_a_path_are_resolved_unless_they_count() {
    for (path, wanted) in [
        ("/a/../b?x/../y", "GET /b?x/../y"),
        ("/a/./b/../../../c/..", "GET /"),
        ("/a/%2e%2e/b", "GET /a/%2e%2e/b"),
        ("/..", "GET /"),
        ("/a/.", "GET /a/"),
    ] {
        assert_eq!(heard(&[path], &[], b"")[0].line(), wanted, "{path}");
        let as_it_is = format!("GET {path}");
        assert_eq!(heard(&[path], &["--path-as-is"], b"")[0].line(), as_it_is, "{path}");
    }
}

#[test]
fn heads_come_before_the_body_and_trailers_after_it() {
    let bytes = "HTTP/1.1 103 E\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: D\r\n\r\n\
                 2\r\nhi\r\n0\r\nD: x\r\nE: f\r\n\r\n";
    let wanted = "HTTP/1.1 103 E\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: D\r\n\r\n\
                  hiD: x\r\nE: f\r\n";
    assert_eq!(fetch(bytes, &["-i"]).succeeds().stdout, wanted);
    assert_eq!(fetch(bytes, &[]).succeeds().stdout, "hi");
}

/// `-I -X GET` asks for a body, and prints none of it.
#[test]
fn a_head_that_is_asked_for_with_get() {
    let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    assert_eq!(
        fetch(bytes, &["-I", "-X", "GET"]).succeeds().stdout,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    );
}
