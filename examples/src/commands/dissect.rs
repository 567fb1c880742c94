//! `barewire dissect`: the annotated bytes of single messages; of a capture, what `read --bytes` shows.

use std::path::Path;

use barewire_dissect::printable;
use barewire_http1::Role as HttpRole;
use serde_json::json;

use super::input::read_all;
use super::output::{print, style};
use super::{hex, read};
use crate::cli::{DissectArgs, Layer, ReadArgs, Role};
use crate::failure::{Failure, Step};
use crate::story::Section;
use crate::views;

/// Runs the command: exit code 0, or 1 when some of the input was broken.
///
/// # Errors
/// [`Failure`]: a file that cannot be read, or is not what it was said to be.
pub fn run(args: &DissectArgs) -> Result<u8, Failure> {
    let Some(layer) = args.layer else { return captures(args) };
    let mut broken = false;
    for path in &args.files {
        broken |= message(args, layer, path)?;
    }
    Ok(u8::from(broken))
}

/// Without --layer the files are captures.
fn captures(args: &DissectArgs) -> Result<u8, Failure> {
    if args.hex {
        return Err(Failure::new(Step::Usage, "--hex needs --layer: which kind of message is it?"));
    }
    read::run(&ReadArgs::bytes_of(args.files.clone(), args.json))
}

/// Dissects one message; `true`: it was broken.
fn message(args: &DissectArgs, layer: Layer, path: &Path) -> Result<bool, Failure> {
    let name = path.display().to_string();
    let bytes = read_all(path)?;
    let bytes = match args.hex {
        true => hex::bytes(&bytes).map_err(|why| Failure::new(Step::Usage, format!("{name}: {why}")))?,
        false => bytes,
    };
    let section = match layer {
        Layer::Ip => Section::ip(&bytes),
        Layer::Dns => Section::dns(&bytes),
        Layer::Tls13 => Section::tls(&bytes),
        Layer::Http1 => Section::http(http_role(args.role, &bytes), &bytes),
    };
    if args.json {
        let (name, object) = (json!(name), views::json::section(&section));
        print(&format!("{{\"file\":{name},{}\n", &object[1..]))?;
    } else {
        let head = if args.files.len() > 1 { format!("{}:\n", printable(&name)) } else { String::new() };
        print(&format!("{head}{}", views::section(&section, &style())))?;
    }
    Ok(section.stopped.is_some())
}

/// Requests begin with a method, responses with `HTTP/`.
fn http_role(chosen: Option<Role>, bytes: &[u8]) -> HttpRole {
    match chosen {
        Some(Role::Request) => HttpRole::Request,
        Some(Role::Response) => HttpRole::Response,
        None if bytes.starts_with(b"HTTP/") => HttpRole::Response,
        None => HttpRole::Request,
    }
}
