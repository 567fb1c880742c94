//! The flags that have curl's names, beside curl: the same command lines, against the same nginx and the same server of
//! bad answers. Exit code, what is printed (heads, body, and the variables of `-w`), and what is sent, hop by hop, each
//! head as a set, are to be equal.
//!
//! Not compared: times, and a Date, which may be a second later. Differences that are meant stand beside their line.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::certificates::Authority;
use crate::fetch::{Net, fetch};
use crate::lab::{Lab, SERVER};
use crate::need;
use crate::process::{Outcome, run};
use crate::servers;

/// What both write at the end.
const VARIABLES: &str = "\\n%{http_code} %{size_download} %{num_redirects} %{num_headers} %{size_header} %{size_request} \
    %{size_upload} %{num_certs} %{http_connect} %{url} %{urlnum} %{method} %{scheme} %{http_version} %{remote_ip}:%{remote_port} %{exitcode} %{content_type} \
    %{redirect_url} %{url_effective}\\n";

/// A difference that is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
enum But {
    /// Nothing differs.
    Equal,
    /// RFC 9110 §8.6: a PUT or POST without a body says so. The echo shows it, and the sizes of both heads.
    LengthZero,
    /// A URL that we cannot fetch is not the effective one.
    OldUrl,
    /// An empty field is `Name: ` here, and `Name:` in curl: the size of the request.
    Space,
    /// curl counts the frames of chunks as uploaded.
    ChunksCounted,
}
use But::{ChunksCounted, Equal, LengthZero, OldUrl, Space};

/// The command lines: where, the flags (`~` is a space in one), and what may differ.
const COMMANDS: [(&str, &str, But); 51] = [
    ("/page.html", "", Equal),
    ("/page.html", "-i", Equal),
    ("/page.html", "-I", Equal),
    ("/page.html", "-0", Equal),
    ("/page.html", "-X DELETE", Equal),
    ("/page.html", "-i -H If-None-Match:~*", Equal),
    ("/page.html", "-f -X OPTIONS", Equal),
    ("/missing", "", Equal),
    ("/missing", "-f", Equal),
    ("/missing", "-f -i", Equal),
    ("/r/301", "", Equal),
    ("/r/301", "-L", Equal),
    ("/r/302", "-L -i", Equal),
    ("/r/301", "-L -d a=b", Equal),
    ("/r/302", "-L -d a=b", Equal),
    ("/r/303", "-L -d a=b", Equal),
    ("/r/307", "-L -d a=b", Equal),
    ("/r/308", "-L -d a=b", Equal),
    ("/r/302", "-L -X PUT -d a=b", LengthZero),
    ("/r/303", "-L -X POST -d a=b", LengthZero),
    ("/r/303", "-L -I", Equal),
    ("/r/302", "-L -e http://from.test/;auto", Equal),
    ("/r/302", "-L -e http://from.test/", Equal),
    ("/loop", "-L", Equal),
    ("/loop", "-L --max-redirs 3", Equal),
    ("/loop", "-L --max-redirs 0", Equal),
    ("/relative/here", "-L", Equal),
    ("/gopher", "-L", OldUrl),
    ("/nonsense", "-L", Equal),
    ("/away", "-L -u joe:pw -H Cookie:~k", Equal),
    ("/to-secret", "-L -u joe:pw", Equal),
    ("/secret", "", Equal),
    ("/secret", "-f -u joe:wrong", Equal),
    ("/secret", "-u joe:pw", Equal),
    ("/echo", "-A me -e http://from.test/", Equal),
    ("/echo", "-H Accept: -H X-E; -H X-M:~1", Space),
    ("/echo", "-d a -d b=c", Equal),
    ("/echo", "--data-binary @upload", Equal),
    ("/echo", "-d @upload", Equal),
    ("/echo", "--json {\"a\":1}", Equal),
    ("/page.html", "-r 0-9", Equal),
    ("/page.html", "-r -5", Equal),
    ("/page.html", "-i -r 1000-", Equal),
    ("/put/one", "-T upload", Equal),
    ("/put/", "-T upload", Equal),
    ("/put/two", "-T - -i", ChunksCounted),
    (":81/", "", Equal),
    (":8443/nothing", "-k", Equal),
    (":8443/whole", "-k", Equal),
    (":8443/short", "-k", Equal),
    (":8443/bad-chunk", "-k", Equal),
];

#[test]
fn the_same_command_lines() {
    if !need::can_run("the_same_command_lines", false, &["curl"]) {
        return;
    }
    let Some(lab) = Lab::raise("the_same_command_lines") else { return };
    let authority = Authority::new(&lab, "root");
    servers::scripted(&lab, 8443, &authority.good("good"));
    nginx(&lab);
    lab.write("upload", "one line\r\nand another\n");
    let mut complaints = Vec::new();
    for (path, flags, but) in COMMANDS {
        let url = match path.strip_prefix(":8443") {
            Some(path) => format!("https://{SERVER}:8443{path}"),
            None => format!("http://{SERVER}{path}"),
        };
        let words = ["-sSv", "-w", VARIABLES, "-A", "same/1"].into_iter().chain(flags.split(' '));
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(|word| word.replace('~', " ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let words = if flags.contains("-A ") { [&words[..3], &words[5..]].concat() } else { words };
        let ours = fetch(&lab, Net::Os, &url, &words);
        let _ = std::fs::remove_dir_all(lab.dir().join("site/put"));
        let curls = run(lab.command("client", "curl").arg(&url).args(&words), Duration::from_secs(60));
        let _ = std::fs::remove_dir_all(lab.dir().join("site/put"));
        let (our, its) = (Seen::of(&ours).without(but), Seen::of(&curls).without(but));
        println!("{:<18} {:<28} {}", path, flags, our.summary());
        if our != its {
            complaints.push(format!("{path} {flags}:\nours  {our:?}\ncurl  {its:?}\n{ours}{curls}"));
        }
    }
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), COMMANDS.len(), complaints.join("\n"));
}

/// Answers that are wrong in a way that RFC 9112 lets a recipient overlook.
#[test]
fn what_can_be_tolerated() {
    let Some(lab) = Lab::raise("what_can_be_tolerated") else { return };
    servers::scripted(&lab, 8443, &Authority::new(&lab, "root").good("good"));
    for (path, named, refused) in
        [("both", "length-beside-coding", 56), ("bare-lf", "bare-lf", 56), ("folded", "obs-fold", 0)]
    {
        let url = format!("https://{SERVER}:8443/{path}");
        let strict = fetch(&lab, Net::Os, &url, &["-sSk"]);
        assert_eq!(strict.code, Some(refused), "{strict}");
        let mild = fetch(&lab, Net::Os, &url, &["-sSk", "--tolerate", named]);
        assert_eq!((mild.code, mild.stdout.len()), (Some(0), 40), "{mild}");
    }
    let url = format!("https://{SERVER}:8443/bare-lf");
    let both = fetch(&lab, Net::Os, &url, &["-sSk", "--tolerate", "obs-fold,bare-lf"]);
    assert!(both.succeeded(), "{both}");
}

/// The name of a file is the one in the URL, also when a redirect leads elsewhere.
#[test]
fn a_file_has_the_name_of_the_url() {
    let Some(lab) = Lab::raise("a_file_has_the_name_of_the_url") else { return };
    nginx(&lab);
    let variables = ["-sSL", "-O", "-w", "%{filename_effective} %{http_code} %{size_download}"];
    for (path, name) in [("/page.html", "page.html"), ("/r/301?a=/b", "301")] {
        let url = format!("http://{SERVER}{path}");
        let ours = fetch(&lab, Net::Os, &url, &variables);
        let our_file = std::fs::read(lab.dir().join(name)).unwrap_or_else(|error| panic!("{error}: {ours}"));
        std::fs::remove_file(lab.dir().join(name)).expect("our file");
        let curls = run(lab.command("client", "curl").arg(&url).args(variables), Duration::from_secs(60));
        let its_file = std::fs::read(lab.dir().join(name)).unwrap_or_else(|error| panic!("{error}: {curls}"));
        assert_eq!((our_file, &ours.stdout), (its_file, &curls.stdout), "{ours}{curls}");
    }
}

/// What of a run must be equal.
#[derive(Debug, PartialEq)]
struct Seen {
    code: Option<i32>,
    /// The heads that it sent: the request line, and the fields as a set.
    sent: Vec<(String, BTreeSet<String>)>,
    printed: Vec<String>,
}

impl Seen {
    fn of(run: &Outcome) -> Seen {
        let mut sent: Vec<(String, BTreeSet<String>)> = Vec::new();
        for line in run.stderr.lines().filter_map(|line| line.trim_start().strip_prefix("> ")) {
            let line = line.trim_end();
            match sent.last_mut() {
                _ if line.ends_with("HTTP/1.1") || line.ends_with("HTTP/1.0") => {
                    sent.push((line.to_owned(), BTreeSet::new()));
                }
                Some((_, fields)) if !line.is_empty() => {
                    fields.insert(line.to_owned());
                }
                _ => {}
            }
        }
        let printed = run.stdout.lines().filter(|line| !line.starts_with("Date:")).map(str::to_owned);
        Seen { code: run.code, sent, printed: printed.collect() }
    }

    /// The same without what may differ.
    fn without(mut self, but: But) -> Seen {
        let last = self.printed.pop().unwrap_or_default();
        let mut words: Vec<&str> = last.split(' ').collect();
        match but {
            Equal => {}
            LengthZero => {
                self.sent
                    .iter_mut()
                    .for_each(|(_, fields)| fields.retain(|field| field != "Content-Length: 0"));
                self.printed.clear();
                (words[1], words[5]) = ("-", "-");
            }
            OldUrl => *words.last_mut().expect("a word") = "-",
            Space => words[5] = "-",
            ChunksCounted => words[6] = "-",
        }
        self.printed.push(words.join(" "));
        self
    }

    /// Exit code, status, size, redirects, and how many heads were sent.
    fn summary(&self) -> String {
        let last = self.printed.last().map(String::as_str).unwrap_or_default();
        let figures: Vec<&str> = last.split(' ').take(3).collect();
        format!("exit {:<3} {:<16} {} heads", self.code.unwrap_or(-1), figures.join(" "), self.sent.len())
    }
}

/// nginx with a page for each thing that a flag can show.
fn nginx(lab: &Lab) {
    let dir = lab.dir().display();
    std::fs::create_dir_all(lab.dir().join("site")).expect("a folder for pages");
    lab.write("site/page.html", servers::PAGE);
    lab.write("passwords", "joe:{PLAIN}pw\n");
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {dir}/nginx-{kind};\n"))
        .collect();
    let moved: String = [301, 302, 303, 307, 308]
        .iter()
        .map(|status| format!("location = /r/{status} {{ return {status} /echo; }}\n"))
        .collect();
    let echo = "$request_method $request_uri $content_type $content_length $http_accept $http_range $http_referer $http_authorization $http_cookie";
    let locations = format!(
        "{moved}\
         location = /echo {{ default_type text/plain; return 200 \"{echo}\\n\"; }}\n\
         location = /loop {{ return 302 /loop; }}\n\
         location = /relative/here {{ absolute_redirect off; return 302 ../echo?a=b#c; }}\n\
         location = /gopher {{ return 302 gopher://{SERVER}/; }}\n\
         location = /nonsense {{ return 302 http://:x/; }}\n\
         location = /away {{ return 302 http://{SERVER}:8080/echo; }}\n\
         location = /to-secret {{ return 302 /secret; }}\n\
         location = /secret {{ auth_basic here; auth_basic_user_file {dir}/passwords; try_files /page.html =404; }}\n\
         location /put/ {{ dav_methods PUT; create_full_put_path on; }}\n"
    );
    let config = lab.write(
        "nginx.conf",
        format!(
            "user root;\ndaemon off;\nworker_processes 1;\npid {dir}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n\
             types {{ text/html html; }}\n{temporary}\
             server {{ listen {SERVER}:80; listen {SERVER}:8080; root {dir}/site; {locations} }}\n}}\n"
        ),
    );
    lab.serve(80, &["nginx", "-p", &lab.path(""), "-e", "stderr", "-c", &config]);
}
