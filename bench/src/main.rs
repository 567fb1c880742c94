//! Barewire side by side with its peers: the same work on the same input, by CPU time.
//!
//! One file a subject: [`dns`], [`resolver`], [`http1`], [`tls13`], [`tcp`], [`internet`] for worlds of many hosts,
//! [`recorder`] for what names cost, `read` for a whole capture, `links` for what carries packets, `sniff` for a wire.
//! Each first proves that both sides give the same result, and then measures; [`measure`] says how. What is printed is
//! the ratio of CPU time, ours by the peer's. All run in this process, but for `read` and `sniff`: they run programs.
//! `read` shows their memory too. It needs Unix, for the CPU time of a program, and tshark. `links` and `sniff` need
//! Linux and root.
//!
//! Left out: what a wall clock would show (waiting), and the memory of the layers. README.md has the figures, and says
//! what is not compared fairly.

mod dns;
mod http1;
mod internet;
#[cfg(target_os = "linux")]
mod links;
mod measure;
#[cfg(unix)]
mod read;
mod recorder;
mod report;
mod resolver;
#[cfg(target_os = "linux")]
mod sniff;
mod tcp;
mod tls13;

use std::io::{IsTerminal, Write};

use clap::{Parser, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  cargo run --release                       everything, in columns
  cargo run --release -- dns http1          two subjects
  cargo run --release -- read               a capture, against tshark
  cargo run --release -- internet           worlds of many hosts
  cargo run --release -- tcp --rounds 31    more rounds, a steadier median
  cargo run --release -- --markdown         the table in README.md

Below 1 we are the faster. A ratio is taken in each round; shown are the median,
the least and the greatest. What counts is the CPU time of one thread (read: of
a process), so a busy machine is no obstacle, but a quiet one is better.";

/// Compares Barewire with its peers, in CPU time.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// What to compare [default: all]
    #[arg(value_enum)]
    subjects: Vec<Subject>,

    /// How often to measure each pair
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,

    /// Print Markdown
    #[arg(long)]
    markdown: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Messages: parse, encode (hickory-proto, domain)
    Dns,
    /// The walk from the root, cold and warm, and huge replies (hickory-resolver)
    Resolver,
    /// Heads: request, response (httparse)
    Http1,
    /// The client: 256 MiB received, warm and cold, handshakes (rustls, ring)
    Tls13,
    /// Hosts in memory: 256 MiB, many connections, paths with loss (smoltcp)
    Tcp,
    /// Worlds of 1,000 hosts (the same with 100)
    Internet,
    /// A parser with names around its fields (the same without)
    Recorder,
    /// A capture summarised, as processes (tshark)
    #[cfg(unix)]
    Read,
    /// Packets and streams over real wires, as root (plain sockets)
    #[cfg(target_os = "linux")]
    Links,
    /// Every packet of 100,000 a second heard or counted, as root (tcpdump)
    #[cfg(target_os = "linux")]
    Sniff,
    /// All of them
    All,
}

fn main() {
    #[cfg(target_os = "linux")]
    if links::is_far_end() {
        return links::far_end();
    }
    let arguments = Arguments::parse();
    let subjects = &arguments.subjects;
    let wanted =
        |subject| subjects.is_empty() || subjects.contains(&Subject::All) || subjects.contains(&subject);
    let rounds = arguments.rounds as usize;
    let mut lines = Vec::new();
    if wanted(Subject::Dns) {
        lines.extend(dns::compare(rounds));
    }
    if wanted(Subject::Resolver) {
        lines.extend(resolver::compare(rounds));
    }
    if wanted(Subject::Http1) {
        lines.extend(http1::compare(rounds));
    }
    if wanted(Subject::Tls13) {
        lines.extend(tls13::compare(rounds));
    }
    if wanted(Subject::Tcp) {
        lines.extend(tcp::compare(rounds));
    }
    if wanted(Subject::Internet) {
        lines.extend(internet::compare(rounds));
    }
    if wanted(Subject::Recorder) {
        lines.extend(recorder::compare(rounds));
    }
    #[cfg(unix)]
    if wanted(Subject::Read) {
        lines.extend(read::compare(rounds));
    }
    #[cfg(target_os = "linux")]
    if wanted(Subject::Links) && links::is_at_home() {
        lines.extend(links::compare(rounds));
    }
    let mut text = String::new();
    if !lines.is_empty() {
        text += &show(&report::table(&lines), arguments.markdown);
    }
    if wanted(Subject::Tcp) {
        text += "\n";
        text += &show(&tcp::loss::table(), arguments.markdown);
    }
    #[cfg(target_os = "linux")]
    if wanted(Subject::Sniff) {
        match sniff::program_at_home() {
            Some(barewire) => text += &show(&sniff::table(&barewire), arguments.markdown),
            None => sniff::run_at_home(&read::build(&["--release"]), arguments.markdown),
        }
    }
    // Whoever closes our output early has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    #[cfg(target_os = "linux")]
    if wanted(Subject::Links) && !links::is_at_home() {
        links::run_at_home(arguments.rounds, arguments.markdown);
    }
}

fn show<const N: usize>(table: &[[String; N]], markdown: bool) -> String {
    if markdown { report::markdown(table) } else { report::text(table) }
}

/// Shows what is going on, in one line that the next one overwrites, where somebody is looking.
fn progress(text: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let _ = write!(stderr, "\r\x1b[2K{text}");
        let _ = stderr.flush();
    }
}
