//! The command line. Names are curl's where curl has one.

mod data;
#[cfg(not(target_family = "wasm"))]
mod doctor;
mod examples;
mod fetch;
mod keys;
#[cfg(not(target_family = "wasm"))]
mod lab;
#[cfg(not(target_family = "wasm"))]
mod listen;
#[cfg(not(target_family = "wasm"))]
mod ping;
#[cfg(not(target_family = "wasm"))]
mod probing;
#[cfg(not(target_family = "wasm"))]
mod relay;
#[cfg(not(target_family = "wasm"))]
mod resolve;
#[cfg(not(target_family = "wasm"))]
mod scan;
#[cfg(not(target_family = "wasm"))]
mod send;
mod serve_dns;
mod shared;
#[cfg(not(target_family = "wasm"))]
mod sniff;
#[cfg(not(target_family = "wasm"))]
mod traceroute;
mod values;

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::story::Transport;
use examples::{
    DISSECT_EXAMPLES, EXAMPLES, FETCH_EXAMPLES, KEYS_EXAMPLES, READ_EXAMPLES, SCENE_EXAMPLES,
    SERVE_DNS_EXAMPLES, SERVE_EXAMPLES,
};
#[cfg(not(target_family = "wasm"))]
use examples::{LAB_EXAMPLES, RESOLVE_EXAMPLES};
use values::{parse_frames, parse_place, parse_stream};
#[cfg(not(target_family = "wasm"))]
use {listen::LISTEN_EXAMPLES, ping::PING_EXAMPLES, scan::SCAN_EXAMPLES, traceroute::TRACEROUTE_EXAMPLES};

pub use data::{Data, Datas};
#[cfg(not(target_family = "wasm"))]
pub use doctor::DoctorArgs;
pub use fetch::{AnswerArgs, FetchArgs, NetworkArgs, RequestArgs, RetryArgs, Tolerance};
pub use keys::KeysArgs;
#[cfg(not(target_family = "wasm"))]
pub use lab::{LabArgs, LabCommand, LabListArgs, LabOptions, LabWire};
#[cfg(not(target_family = "wasm"))]
pub use listen::ListenArgs;
#[cfg(not(target_family = "wasm"))]
pub use ping::{Fragmenting, PingArgs};
#[cfg(not(target_family = "wasm"))]
pub use probing::{ProbeArgs, ProbeNet};
#[cfg(not(target_family = "wasm"))]
pub use relay::RelayArgs;
#[cfg(not(target_family = "wasm"))]
pub use resolve::{Cookie, QuestionArgs, ResolveArgs, ServerArgs, WalkArgs};
#[cfg(not(target_family = "wasm"))]
pub use scan::{Ports, ScanArgs};
#[cfg(not(target_family = "wasm"))]
pub use send::SendArgs;
#[cfg(not(target_family = "wasm"))]
pub use serve_dns::RecursionArgs;
pub use serve_dns::{ServeDnsArgs, ZoneArg};
pub use shared::{BreakArgs, ReportArgs};
#[cfg(not(target_family = "wasm"))]
pub use sniff::SniffArgs;
#[cfg(not(target_family = "wasm"))]
pub use traceroute::TracerouteArgs;
pub use values::{Groups, Place};

/// Fetch a page through our own DNS, TCP, TLS 1.3 and HTTP/1.1, and see where the time went
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, args_override_self = true)]
#[command(after_help = EXAMPLES, max_term_width = 80)]
pub struct Cli {
    /// What to do; without a word: fetch.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of fetch, for a command line that starts with them.
    #[command(flatten)]
    pub fetch: FetchArgs,
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fetch a URL and print the packets, the latency budget and what was proved
    #[command(args_override_self = true, after_help = FETCH_EXAMPLES)]
    Fetch(Box<FetchArgs>),
    /// Read a capture: who talked to whom, packet by packet, and where the time went
    #[command(after_help = READ_EXAMPLES)]
    Read(ReadArgs),
    /// Print the annotated bytes of single messages, or of every packet of a capture
    #[command(after_help = DISSECT_EXAMPLES)]
    Dissect(DissectArgs),
    /// Draw the key schedule of TLS 1.3, filled in with the values of a fetch or of a capture
    #[command(after_help = KEYS_EXAMPLES)]
    Keys(Box<KeysArgs>),
    /// List the scenes: small internets in which one thing can be seen
    Scenes,
    /// Run a scene of the simulated internet, draw it, and say what to look at
    #[command(after_help = SCENE_EXAMPLES)]
    Scene(SceneArgs),
    /// Serve the page, in which all of this runs in a browser, on this machine
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Ask DNS servers, and print what they say: records, aliases, errors in words, bytes
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = RESOLVE_EXAMPLES)]
    Resolve(Box<ResolveArgs>),
    /// Real kernels and servers to try things on, without root: hosts joined by cables, gone when the command ends
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = LAB_EXAMPLES)]
    Lab(LabArgs),
    /// Hear the packets of an interface, and tell their story while they come
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = sniff::EXAMPLES)]
    Sniff(Box<SniffArgs>),
    /// What this machine allows: raw sockets, devices, namespaces; and the line that opens a closed door
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(DoctorArgs),
    /// Pass frames on between two network devices: late, lossy, slow, as asked (Linux)
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = relay::EXAMPLES)]
    Relay(Box<RelayArgs>),
    /// Is a host there, and how long is the way? By ICMP, TCP or UDP
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = PING_EXAMPLES)]
    Ping(Box<PingArgs>),
    /// Which routers are on the way to a host, and what do they say?
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = TRACEROUTE_EXAMPLES)]
    Traceroute(Box<TracerouteArgs>),
    /// Which TCP ports of a host are open, closed or filtered? By SYNs that open nothing
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(Box<ScanArgs>),
    /// Send a packet that is made field by field from one line, and say what the answer means
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = send::examples::EXAMPLES)]
    Send(Box<SendArgs>),
    /// Our TCP as a server: echo, discard, a file or a web server
    #[cfg(not(target_family = "wasm"))]
    #[command(after_help = LISTEN_EXAMPLES)]
    Listen(Box<ListenArgs>),
    /// Serve DNS zones from files, over UDP and TCP
    #[command(after_help = SERVE_DNS_EXAMPLES)]
    ServeDns(Box<ServeDnsArgs>),
}

/// Over which network a page is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Net {
    /// The simulated internet in this process: no privilege, no network, virtual time
    Toy,
    /// The kernel's UDP and TCP under our DNS, TLS and HTTP: no privilege
    Os,
    /// All four layers ours, over a raw socket: needs CAP_NET_RAW
    Raw,
}

/// The flags of `scene`.
#[derive(Debug, Clone, Args)]
pub struct SceneArgs {
    /// Which one; `barewire scenes` lists them
    pub name: String,
    /// Seed of all randomness but key material
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Draw what this host sees, and no other; may be given several times
    #[arg(long, value_name = "HOST")]
    pub at: Vec<String>,
    /// Print the whole ladder, with frame numbers
    #[arg(short, long)]
    pub verbose: bool,
    /// One packet at a time, with what both ends are in: Enter goes on, h lists the keys
    #[arg(long)]
    pub step: bool,
    /// Write the packets of all capture points to FILE, with the secrets that open them
    #[arg(long, value_name = "FILE")]
    pub pcapng: Option<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its members are the flags")]
    pub files_out: ReportArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its members are the flags")]
    pub breaks: BreakArgs,
}

/// The flags of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The port to listen on, at 127.0.0.1; 0: any that is free
    #[arg(long, value_name = "N", default_value_t = 8080)]
    pub port: u16,
    /// Serve the page in FOLDER instead of the one in this program
    #[arg(long, value_name = "FOLDER")]
    pub page: Option<PathBuf>,
}

/// What the bytes given to `dissect` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layer {
    /// An IP packet, with the TCP or UDP in it
    Ip,
    /// A DNS message
    Dns,
    /// TLS records
    Tls13,
    /// HTTP/1.1 messages
    Http1,
}

/// Which of the two kinds of HTTP message to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// A request
    Request,
    /// A response
    Response,
}

/// The flags of `dissect`.
#[derive(Debug, Clone, Args)]
pub struct DissectArgs {
    /// What the bytes are; not needed for captures (pcapng, pcap), which say so themselves
    #[arg(long, value_enum)]
    pub layer: Option<Layer>,
    /// For HTTP: request or response (default: by the first bytes)
    #[arg(long, value_enum)]
    pub role: Option<Role>,
    /// One JSON object per file
    #[arg(long)]
    pub json: bool,
    /// The files hold hexadecimal text; white space and offsets before a colon do not count
    #[arg(long)]
    pub hex: bool,
    /// Files to read; "-" is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// The flags of `read`.
#[derive(Debug, Clone, Args)]
pub struct ReadArgs {
    /// Show these conversations only, by tshark's number: 3 or tcp:3, udp:0
    #[arg(long, value_name = "N", value_parser = parse_stream)]
    pub stream: Vec<(Transport, usize)>,
    /// Read only what was seen at this capture point, or at these: a host's name, or an interface's
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Show the conversations of these addresses only; of a capture of several hosts also: the packets that pass this
    /// host
    #[arg(long, value_name = "ADDR|NAME", value_parser = parse_place)]
    pub host: Vec<Place>,
    /// Show the conversations of these ports only
    #[arg(long, value_name = "N")]
    pub port: Vec<u16>,
    /// Open TLS with the secrets in FILE, beside those in the capture
    /// (default: the file that SSLKEYLOGFILE names)
    #[arg(long, value_name = "FILE")]
    pub keylog: Option<PathBuf>,
    /// Print the whole ladder with frame numbers, the heads of requests and responses, and the borders in their bodies
    #[arg(short, long)]
    pub verbose: bool,
    /// Draw below the rows what TCP decided by, where comments in the capture tell: those of `fetch --cwnd --pcapng`
    #[arg(long, conflicts_with_all = ["json", "follow"])]
    pub cwnd: bool,
    /// Draw where chunks, TLS records and TCP segments begin and end in each body
    #[arg(long, conflicts_with_all = ["json", "bytes"])]
    pub borders: bool,
    /// Print the annotated bytes of every packet
    #[arg(long, conflicts_with = "json")]
    pub bytes: bool,
    /// One packet at a time, with what both ends are in: Enter goes on, h and Enter list the keys
    #[arg(long, conflicts_with_all = ["json", "bytes"])]
    pub step: bool,
    /// One JSON object per line: conversations, frames, budgets, and the count of all frames
    #[arg(long)]
    pub json: bool,
    /// With --json: the bytes and fields of each packet and message too, and what both ends are in
    #[arg(long, requires = "json")]
    pub fields: bool,
    /// With --json: the rows of these frames only
    #[arg(long, value_name = "N[-M]", requires = "json", value_parser = parse_frames)]
    pub frame: Option<RangeInclusive<u64>>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its members are the flags")]
    pub files_out: ReportArgs,
    /// Print the plain content of this TCP stream, each side marked
    #[arg(long, value_name = "N", value_parser = parse_stream)]
    #[arg(conflicts_with_all = ["json", "bytes", "step", "stream", "borders"])]
    pub follow: Option<(Transport, usize)>,
    /// Captures to read (pcapng or pcap, also gzipped); "-" is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

impl ReadArgs {
    /// `read FILE...`, without any flag.
    pub fn of(files: Vec<PathBuf>) -> ReadArgs {
        ReadArgs {
            stream: Vec::new(),
            at: Vec::new(),
            host: Vec::new(),
            port: Vec::new(),
            keylog: None,
            verbose: false,
            cwnd: false,
            borders: false,
            bytes: false,
            step: false,
            json: false,
            fields: false,
            frame: None,
            files_out: ReportArgs::default(),
            follow: None,
            files,
        }
    }

    /// `read --bytes FILE...`, which is what `dissect` does with a capture.
    pub fn bytes_of(files: Vec<PathBuf>, json: bool) -> ReadArgs {
        ReadArgs { bytes: !json, json, fields: json, ..ReadArgs::of(files) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_work_with_and_without_the_word_fetch() {
        for line in [
            &["barewire", "--rtt", "10", "--loss", "2"][..],
            &["barewire", "fetch", "--rtt", "10", "--loss", "2"],
        ] {
            let cli = Cli::try_parse_from(line).unwrap();
            let args = match cli.command {
                Some(Command::Fetch(args)) => *args,
                _ => cli.fetch,
            };
            assert_eq!((args.network.rtt, args.network.loss), (Some(10.0), Some(2.0)));
        }
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        for line in
            ["--rtt -1", "--loss 101", "--resolve a:b:c", "--resolver nope", "--max-time x", "--net tcp"]
        {
            let words = std::iter::once("barewire").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_err(), "{line}");
        }
    }
}
