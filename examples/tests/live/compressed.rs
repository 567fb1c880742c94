//! Content codings beside curl: nginx and node code pages on the fly, and node serves the recorded files of
//! `http1/tests/codings`. Exit code, body, size, and what is sent are to be equal.
//!
//! Differences that are meant stand beside their line: curl stops at the first member of a gzip, and does not see that
//! coded data was cut off.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use crate::fetch::{Net, fetch};
use crate::lab::{Lab, SERVER};
use crate::need;
use crate::process::{Outcome, run};
use crate::servers::temporary;

/// Two exit codes where curl's is another one than ours.
#[derive(Debug, Clone, Copy)]
enum But {
    Equal,
    /// Ours, and that of curl 7.88.1.
    Codes(i32, i32),
}
use But::{Codes, Equal};

/// The command lines: where, the flags (`~` is a space in one), and what may differ.
const COMMANDS: [(&str, &str, But); 34] = [
    (":80/text", "--compressed", Equal),
    (":80/text", "", Equal),
    (":80/text", "-i --compressed", Equal),
    (":80/text", "-I --compressed", Equal),
    (":80/text", "-H Accept-Encoding:~gzip", Equal),
    (":80/text", "--compressed -H Accept-Encoding:~gzip", Equal),
    (":80/text", "--compressed -H Accept-Encoding:", Equal),
    (":80/missing", "--compressed", Equal),
    (":80/missing", "-f --compressed", Equal),
    (":80/moved", "-L --compressed", Equal),
    (":8080/on-the-fly/gzip", "--compressed", Equal),
    (":8080/on-the-fly/deflate", "--compressed", Equal),
    (":8080/on-the-fly/raw", "--compressed", Equal),
    (":8080/on-the-fly/br", "--compressed", Equal),
    (":8080/on-the-fly/br", "", Equal),
    (":8080/file/text.gz/x-gzip", "--compressed", Equal),
    (":8080/file/parts.gz/gzip", "--compressed", Equal),
    (":8080/file/text.zlib/deflate", "--compressed", Equal),
    (":8080/file/text.br/br", "--compressed", Equal),
    (":8080/file/text.zst/zstd", "--compressed", Equal),
    (":8080/file/frames.zst/zstd", "--compressed", Equal),
    (":8080/file/gzip_br/gzip+br", "--compressed", Equal),
    (":8080/file/text/identity", "--compressed", Equal),
    (":8080/file/text/rot13", "--compressed", Equal),
    (":8080/file/text/rot13", "", Equal),
    (":8080/file/text/rot13", "-I --compressed", Equal),
    (":8080/file/text.br/gzip", "--compressed", Equal),
    (":8080/file/text.zst/br", "--compressed", Equal),
    (":8080/file/text/zstd", "--compressed", Equal),
    (":8080/file/large_window.br/br", "--compressed", Equal),
    (":8080/file/members.gz/gzip", "--compressed", Codes(0, 23)),
    (":8080/file/cut.gz/gzip", "--compressed", Codes(61, 0)),
    // The text happens to be the beginning of data of brotli.
    (":8080/file/text/br", "--compressed", Codes(61, 0)),
    (":8080/file/long_window.zst/zstd", "--compressed", Codes(61, 0)),
];

#[test]
fn codings_are_undone_as_curl_does() {
    if !need::can_run("codings_are_undone_as_curl_does", false, &["curl", "node"]) {
        return;
    }
    let Some(lab) = Lab::raise("codings_are_undone_as_curl_does") else { return };
    serve(&lab);
    let mut complaints = Vec::new();
    for (place, flags, but) in COMMANDS {
        let url = format!("http://{SERVER}{place}");
        let words = ["-sSv", "-w", "|%{size_download} %{http_code}", "-A", "same/1"].into_iter();
        let words: Vec<String> = words.chain(flags.split(' ')).map(|word| word.replace('~', " ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        let ours = fetch(&lab, Net::Os, &url, &words);
        let curls = run(lab.command("client", "curl").arg(&url).args(&words), Duration::from_secs(60));
        println!("{place:<34} {flags:<40} exit {:?}, curl {:?}", ours.code, curls.code);
        let fits = match but {
            Equal => Seen::of(&ours) == Seen::of(&curls),
            Codes(our, its) => (ours.code, curls.code) == (Some(our), Some(its)),
        };
        if !fits {
            complaints.push(format!(
                "{place} {flags}:\n{:?}\n{:?}\n{ours}{curls}",
                Seen::of(&ours),
                Seen::of(&curls)
            ));
        }
    }
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), COMMANDS.len(), complaints.join("\n"));
}

/// What of a run must be equal.
#[derive(Debug, PartialEq)]
struct Seen {
    code: Option<i32>,
    /// The fields that it sent.
    sent: BTreeSet<String>,
    printed: Vec<String>,
}

impl Seen {
    fn of(run: &Outcome) -> Seen {
        let sent = run.stderr.lines().filter_map(|line| line.trim_start().strip_prefix("> "));
        let printed = run.stdout.lines().filter(|line| !line.starts_with("Date:"));
        Seen {
            code: run.code,
            sent: sent.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect(),
            printed: printed.map(str::to_owned).collect(),
        }
    }
}

/// nginx, which codes with gzip on the fly, on port 80; node on port 8080.
fn serve(lab: &Lab) {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../http1/tests/codings");
    std::fs::create_dir_all(lab.dir().join("site")).expect("a folder for pages");
    for entry in std::fs::read_dir(&recorded).expect("the recorded files").flatten() {
        let to = lab.dir().join("site").join(entry.file_name());
        std::fs::copy(entry.path(), to).expect("a copy");
    }
    let whole = std::fs::read(recorded.join("text.gz")).expect("a recorded file");
    lab.write("site/cut.gz", &whole[..300]);
    let dir = lab.dir().display();
    let temporary = temporary(lab);
    let config = lab.write(
        "nginx.conf",
        format!(
            "user root;\ndaemon off;\nworker_processes 1;\npid {dir}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n\
             default_type text/html;\ngzip on;\ngzip_min_length 1;\n{temporary}\
             server {{ listen {SERVER}:80; root {dir}/site; location = /moved {{ return 302 /text; }} }}\n}}\n"
        ),
    );
    lab.serve(80, &["nginx", "-p", &lab.path(""), "-e", "stderr", "-c", &config]);
    let script = lab.write("coder.js", include_str!("coder.js"));
    lab.serve(8080, &["node", &script, SERVER, "8080", &lab.path("site")]);
}
