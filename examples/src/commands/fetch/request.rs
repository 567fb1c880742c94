//! The flags that describe the request, as method, fields and body: what curl 7.88.1 sends for the same flags.
//!
//! Tested below, and beside curl in `tests/live`.

use std::path::Path;

use barewire_http1::Version;
use barewire_http1::coding::accept_encoding;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::cli::{Data, RequestArgs};
use crate::commands::input::read_all;
use crate::failure::{Failure, Step};
use crate::fetch::{Job, Upload};

/// A body of --data-binary up to this length is sent with its head, as in curl.
const IN_MEMORY: u64 = 1 << 20;

/// Puts the request that the flags describe into the job. `file` is what is uploaded to its URL, if anything is.
pub(super) fn describe(args: &RequestArgs, file: Option<&Path>, job: &mut Job) -> Result<(), Failure> {
    job.custom_method = args.method.clone();
    if args.head {
        job.method = "HEAD".to_owned();
    }
    if args.http10 {
        job.version = Version::HTTP_1_0;
    }
    if args.compressed {
        job.compressed = true;
        set(job, "Accept-Encoding", &accept_encoding());
    }
    if let Some(name) = &args.user_agent {
        set(job, "User-Agent", name);
    }
    if let Some(range) = &args.range {
        set(job, "Range", &format!("bytes={}", whole_range(range).as_deref().unwrap_or(range)));
    }
    if let Some(user) = &args.user {
        set(job, "Authorization", &basic(user, "-u")?);
    }
    if let Some(from) = &args.referer {
        job.refers = from.ends_with(";auto");
        set(job, "Referer", from.trim_end_matches(";auto"));
    }
    match file {
        Some(file) => upload(file, job)?,
        None => body(args, job)?,
    }
    args.headers.iter().try_for_each(|line| header(line, job))?;
    let is_chunked = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("Transfer-Encoding") && value.eq_ignore_ascii_case("chunked")
    };
    if let Some(upload) = &mut job.upload
        && job.headers.iter().any(is_chunked)
    {
        upload.length = None;
    }
    Ok(())
}

/// A range with the hyphen that it lacks: `5` is read as `5-`, as curl does. `None`: it needs none.
pub(super) fn whole_range(range: &str) -> Option<String> {
    let digits = range.find(|c: char| !c.is_ascii_digit()).unwrap_or(range.len());
    (digits > 0 && !range.contains('-')).then(|| format!("{}-", &range[..digits]))
}

/// A field of ours in the place of another one; an empty value takes it out.
fn set(job: &mut Job, name: &str, value: &str) {
    job.fields.retain(|(known, _)| known != name);
    if !value.is_empty() {
        job.fields.push((name.to_owned(), value.to_owned()));
    }
}

/// The credentials of the Basic scheme (RFC 7617 §2).
pub(super) fn basic(user: &str, flag: &str) -> Result<String, Failure> {
    match user.contains(':') {
        true => Ok(format!("Basic {}", STANDARD.encode(user))),
        // curl asks for it on the terminal.
        false => {
            Err(Failure::new(Step::Usage, format!("{flag} wants NAME:PASSWORD; an empty password is NAME:")))
        }
    }
}

/// `Name: value`; `Name:` removes a field of ours, and `Name;` is an empty one.
fn header(line: &str, job: &mut Job) -> Result<(), Failure> {
    if let Some((name, value)) = line.split_once(':') {
        job.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    } else if let Some(name) = line.trim_end().strip_suffix(';') {
        job.fields.push((name.to_owned(), String::new()));
    } else {
        let text = format!("-H {line:?} has no colon; a field is \"Name: value\", RFC 9110 §5");
        return Err(Failure::new(Step::Usage, text));
    }
    Ok(())
}

/// The body, the fields that come with it, and the method.
fn body(args: &RequestArgs, job: &mut Job) -> Result<(), Failure> {
    if !args.json.is_empty() {
        let pieces = args.json.iter().map(|data| as_it_is(data)).collect::<Result<Vec<_>, _>>()?;
        set(job, "Content-Type", "application/json");
        set(job, "Accept", "application/json");
        post(pieces.concat(), job);
        return Ok(());
    }
    if let [Data { text, is_binary: true }] = &args.data[..]
        && let Some(file) = text.strip_prefix('@').filter(|file| *file != "-")
        && let upload = Upload::of(Path::new(file))?
        && upload.length.is_some_and(|length| length > IN_MEMORY)
    {
        set(job, "Content-Type", "application/x-www-form-urlencoded");
        return stream("POST", upload, job);
    }
    let piece = |data: &Data| match data.is_binary {
        true => as_it_is(&data.text),
        false => without_line_ends(&data.text),
    };
    let pieces = args.data.iter().map(piece).collect::<Result<Vec<_>, _>>()?;
    if !pieces.is_empty() {
        set(job, "Content-Type", "application/x-www-form-urlencoded");
        post(pieces.join(&b'&'), job);
    }
    Ok(())
}

fn post(body: Vec<u8>, job: &mut Job) {
    job.method = "POST".to_owned();
    job.body = Some(body);
}

/// PUT. The server may refuse before it has read a long file: the body waits for a word from it (RFC 9110 §10.1.1).
fn upload(file: &Path, job: &mut Job) -> Result<(), Failure> {
    if file != Path::new("-") {
        name_in_folder(file, &mut job.url.target);
    }
    stream("PUT", Upload::of(file)?, job)
}

/// A path that ends with "/" gets the file's name. All of it is one segment, so a `?` or `#` in it is encoded (RFC 3986
/// §2.1).
fn name_in_folder(file: &Path, target: &mut String) {
    let end = target.find('?').unwrap_or(target.len());
    let Some(name) = file.file_name().filter(|_| target[..end].ends_with('/')) else { return };
    let encoded = name.as_encoded_bytes().iter().map(|byte| match byte {
        b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    target.insert_str(end, &encoded.collect::<String>());
}

/// A body that is read while it is sent.
fn stream(method: &str, upload: Upload, job: &mut Job) -> Result<(), Failure> {
    job.method = method.to_owned();
    if upload.length.is_none() {
        if job.version < Version::HTTP_1_1 {
            let text =
                "its length is not known, so the body goes out in chunks; HTTP/1.0 has none (RFC 9112 §6.1)";
            return Err(Failure::new(Step::Usage, text));
        }
        set(job, "Transfer-Encoding", "chunked");
    }
    // RFC 9110 §10.1.1: not in a request without content.
    if job.version >= Version::HTTP_1_1 && upload.length != Some(0) {
        set(job, "Expect", "100-continue");
    }
    job.upload = Some(upload);
    Ok(())
}

/// The data, or the content of `@FILE`.
fn as_it_is(data: &str) -> Result<Vec<u8>, Failure> {
    match data.strip_prefix('@') {
        Some(file) => read_all(Path::new(file)),
        None => Ok(data.as_bytes().to_vec()),
    }
}

/// The same, but a file loses its CR, LF and NUL bytes: a form has no lines.
fn without_line_ends(data: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = as_it_is(data)?;
    if data.starts_with('@') {
        bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Datas;
    use barewire_tls13::Trust;

    fn job(args: &RequestArgs) -> Job {
        let mut job = Job::get("http://a.test/dir/", Trust::Nothing).unwrap();
        describe(args, None, &mut job).unwrap_or_else(|failure| panic!("{failure}"));
        job
    }

    fn sent(args: &RequestArgs) -> Vec<(String, String)> {
        let fields = job(args).request().headers;
        fields.iter().map(|field| (field.name.clone(), field.text().into_owned())).collect()
    }

    fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
        wanted.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// What curl 7.88.1 wrote for `-u joe:pw -A my -e http://ref/ -r 0-3 -0`, in its own order.
    #[test]
    fn fields_are_those_of_curl() {
        let args = RequestArgs {
            user: Some("joe:pw".into()),
            user_agent: Some("my".into()),
            referer: Some("http://ref/".into()),
            range: Some("0-3".into()),
            http10: true,
            ..RequestArgs::default()
        };
        let mut got = sent(&args);
        got.sort();
        let wanted = [
            ("Accept", "*/*"),
            ("Authorization", "Basic am9lOnB3"),
            ("Host", "a.test"),
            ("Range", "bytes=0-3"),
            ("Referer", "http://ref/"),
            ("User-Agent", "my"),
        ];
        assert_eq!(got, pairs(&wanted));
        assert_eq!(job(&args).request().to_string(), "GET /dir/ HTTP/1.0");
    }

    #[test]
    fn a_header_replaces_removes_or_is_empty() {
        let headers =
            vec!["Accept: q".into(), "User-Agent:".into(), "X-E;".into(), "X-M: 1".into(), "X-M: 2".into()];
        let wanted = [("Host", "a.test"), ("X-E", ""), ("Accept", "q"), ("X-M", "1"), ("X-M", "2")];
        assert_eq!(sent(&RequestArgs { headers, ..RequestArgs::default() }), pairs(&wanted));
        let bare = RequestArgs { user_agent: Some(String::new()), ..RequestArgs::default() };
        assert_eq!(sent(&bare), pairs(&[("Host", "a.test"), ("Accept", "*/*")]));
    }

    /// What curl 7.88.1 asks for: the name is a part of the path, whatever is in it, and a query stays.
    #[test]
    fn a_folder_gets_the_name_of_the_file() {
        let folder = std::env::temp_dir().join(format!("barewire-upload-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (url, name, wanted) in [
            ("http://a.test/dir/", "one", "/dir/one"),
            ("http://a.test/dir/?q=1", "one", "/dir/one?q=1"),
            ("http://a.test/dir?q=1/", "one", "/dir?q=1/"),
            ("http://a.test/dir", "one", "/dir"),
            ("http://a.test/dir/", "a?b", "/dir/a%3Fb"),
            ("http://a.test/dir/", "a#b", "/dir/a%23b"),
            ("http://a.test/dir/", "a:b", "/dir/a%3Ab"),
            ("http://a.test/dir/", "a%41 é", "/dir/a%2541%20%C3%A9"),
        ] {
            let file = folder.join(name);
            std::fs::write(&file, "x").unwrap();
            let mut job = Job::get(url, Trust::Nothing).unwrap();
            describe(&RequestArgs::default(), Some(&file), &mut job)
                .unwrap_or_else(|failure| panic!("{name}: {failure}"));
            assert_eq!(job.url.target, wanted, "{name} to {url}");
            assert!(job.request().headers.has("Expect", "100-continue"));
        }
        std::fs::write(folder.join("one"), "").unwrap();
        let mut job = Job::get("http://a.test/", Trust::Nothing).unwrap();
        describe(&RequestArgs::default(), Some(&folder.join("one")), &mut job).unwrap();
        assert!(!job.request().headers.contains("Expect"), "RFC 9110 §10.1.1: not without content");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn bodies_are_joined_as_curl_does() {
        let data = vec![
            Data { text: "a=1".to_owned(), is_binary: true },
            Data { text: "b".to_owned(), is_binary: false },
        ];
        let form = job(&RequestArgs { data: Datas(data), ..RequestArgs::default() });
        assert_eq!((form.method.as_str(), form.body.as_deref()), ("POST", Some(&b"a=1&b"[..])));
        let json = job(&RequestArgs { json: vec!["{\"a\":1}".into(), "2".into()], ..RequestArgs::default() });
        assert_eq!(json.body.as_deref(), Some(&b"{\"a\":1}2"[..]));
        let head = json.request().headers;
        for name in ["Accept", "Content-Type"] {
            assert_eq!(head.get(name).as_deref(), Some("application/json"));
        }
    }
}
