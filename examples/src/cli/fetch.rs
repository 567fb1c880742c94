//! The flags of `fetch`, in groups. They have curl's names and meanings where curl has one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::data::Datas;
use super::shared::{BreakArgs, ReportArgs};
use super::values::{
    Groups, parse_groups, parse_millis, parse_named_file, parse_percent, parse_resolve, parse_resolver,
    parse_seconds,
};
use super::{Net, values};
use crate::fetch::{Limit, Resolve};

/// The flags of `fetch`.
#[derive(Debug, Clone, Args)]
#[expect(missing_docs, reason = "the members of a group are its flags")]
pub struct FetchArgs {
    /// What to fetch, one after the other; over the toy internet its first page, unless given
    #[arg(value_name = "URL")]
    pub urls: Vec<String>,

    /// Print the whole ladder, and what was said: heads, trailers, and which rule framed a body
    #[arg(short, long)]
    pub verbose: bool,
    /// One packet at a time, with what both ends are in: Enter goes on, h and Enter list the keys
    #[arg(long, conflicts_with_all = ["bytes", "silent"])]
    pub step: bool,
    /// Print the annotated bytes of every packet
    #[arg(long, conflicts_with = "silent")]
    pub bytes: bool,
    /// Write the packets to FILE, with the secrets that open them
    #[arg(long, value_name = "FILE", value_parser = parse_named_file)]
    pub pcapng: Option<PathBuf>,
    /// Write what our TCP decided by to FILE as CSV, a row for each change: windows, round trip, timer, and why; over
    /// toy and raw
    #[arg(long, value_name = "FILE", value_parser = parse_named_file)]
    pub csv: Option<PathBuf>,
    /// Draw below the rows what our TCP decided by: congestion window, threshold, what is in flight, and round trip, as
    /// a bar and in numbers. With --pcapng the file has them as comments, for `read --cwnd`; over toy and raw
    #[arg(long, conflicts_with = "silent")]
    pub cwnd: bool,
    /// Append the TLS secrets to FILE (default: the file that SSLKEYLOGFILE names)
    #[arg(long, value_name = "FILE")]
    pub keylog: Option<PathBuf>,
    #[command(flatten)]
    pub files_out: ReportArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    #[command(flatten)]
    pub answer: AnswerArgs,
    #[command(flatten)]
    pub retry: RetryArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub breaks: BreakArgs,
}

impl FetchArgs {
    /// `fetch URL...` over this network, without any other flag.
    pub fn of(urls: Vec<String>, network: NetworkArgs) -> FetchArgs {
        FetchArgs {
            urls,
            verbose: false,
            step: false,
            bytes: false,
            pcapng: None,
            csv: None,
            cwnd: false,
            keylog: None,
            files_out: ReportArgs::default(),
            request: RequestArgs::default(),
            answer: AnswerArgs::default(),
            retry: RetryArgs::default(),
            network,
            breaks: BreakArgs::default(),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The request")]
pub struct RequestArgs {
    /// The request method, also after redirects
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    pub method: Option<String>,
    /// Add a field to the head; "Name:" removes one of ours, "Name;" sends it empty
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", allow_hyphen_values = true)]
    pub headers: Vec<String>,
    /// Ask for the head only (HEAD)
    #[arg(short = 'I', long, conflicts_with_all = ["data", "data-binary", "json", "upload_file"])]
    pub head: bool,
    #[command(flatten)]
    pub data: Datas,
    /// POST this JSON, and ask for JSON; "@FILE" and "@-" as above
    #[arg(long, value_name = "DATA", conflicts_with = "upload_file", allow_hyphen_values = true)]
    pub json: Vec<String>,
    /// PUT this file to the first URL, the file of a second -T to the second URL, and so on; "-": standard input, in
    /// chunks; a URL that ends with "/" gets the file's name
    #[arg(short = 'T', long, value_name = "FILE")]
    pub upload_file: Vec<PathBuf>,
    /// Say who asks (Basic); the origin of the URL gets it, and no other
    #[arg(short, long, value_name = "NAME:PASSWORD", allow_hyphen_values = true)]
    pub user: Option<String>,
    /// What to write into User-Agent; "": no such field
    #[arg(short = 'A', long, value_name = "NAME", allow_hyphen_values = true)]
    pub user_agent: Option<String>,
    /// Where we come from (Referer); with ";auto" after it each redirect says its own
    #[arg(short = 'e', long, value_name = "URL", allow_hyphen_values = true)]
    pub referer: Option<String>,
    /// Ask for a part, in bytes: 0-499, 500-, -500
    #[arg(short, long, value_name = "RANGE", allow_hyphen_values = true)]
    pub range: Option<String>,
    /// Ask for a body that is coded to be shorter, and undo its codings: deflate, gzip, br, zstd
    #[arg(long)]
    pub compressed: bool,
    /// Ask for /../ and /./ in the path of a URL as they stand; else they are resolved (RFC 3986 §5.2.4)
    #[arg(long)]
    pub path_as_is: bool,
    /// Speak HTTP/1.0
    #[arg(short = '0', long = "http1.0")]
    pub http10: bool,
}

/// What is done with the answer.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The answer")]
pub struct AnswerArgs {
    /// Write the body to FILE ("-": to standard output, and the picture to standard error); the first -o is for the
    /// first URL, and so on
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Write it to a file with the name that the URL ends with; one -O for each URL
    #[arg(short = 'O', long, action = ArgAction::Count, conflicts_with = "output")]
    pub remote_name: u8,
    /// The same as -O for every URL
    #[arg(long, conflicts_with = "output")]
    pub remote_name_all: bool,
    /// Write the head before the body, to standard output unless -o says where
    #[arg(short, long)]
    pub include: bool,
    /// Print the body and no picture, and say nothing when it fails
    #[arg(short, long)]
    pub silent: bool,
    /// With -s: say why it failed
    #[arg(short = 'S', long)]
    pub show_error: bool,
    /// Take an answer of 400 and above for a failure: no body, exit code 22
    #[arg(short, long)]
    pub fail: bool,
    /// Follow redirects
    #[arg(short = 'L', long)]
    pub location: bool,
    /// Follow at most N of them; -1: without a limit
    #[arg(long, value_name = "N", default_value = "50", allow_negative_numbers = true)]
    #[arg(value_parser = values::parse_redirects)]
    pub max_redirs: Limit,
    /// Write this at the end: text with variables such as %{http_code}, or "@FILE"
    #[arg(short, long, value_name = "FORMAT", allow_hyphen_values = true)]
    pub write_out: Option<String>,
    /// Overlook what an answer does wrong (in answers, obs-fold always is)
    #[arg(long, value_enum, value_delimiter = ',', action = ArgAction::Append)]
    pub tolerate: Vec<Tolerance>,
}

/// A deviation that RFC 9112 lets a recipient overlook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tolerance {
    /// LF alone ends a line of a head (RFC 9112 §2.2)
    BareLf,
    /// A line of a head goes on in the next one (RFC 9112 §5.2)
    ObsFold,
    /// Content-Length beside Transfer-Encoding: the coding counts (RFC 9112 §6.3)
    LengthBesideCoding,
}

/// What is done when it fails.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Another attempt")]
pub struct RetryArgs {
    /// Try again so often when the time ran out, a name was not resolved, or the answer was 408, 429, 500, 502, 503
    /// or 504, also a POST; after 1 s, 2 s, 4 s and so on, up to a quarter less by chance, or when Retry-After says. Of
    /// many URLs: ten attempts in all, or N if that is more, and one for every ten that go well
    #[arg(long, value_name = "N", default_value = "0")]
    pub retry: u32,
    /// Wait so long each time
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub retry_delay: Option<Duration>,
    /// Begin no attempt later than this after the first one
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub retry_max_time: Option<Duration>,
    /// With --retry: also when the server refuses the connection
    #[arg(long)]
    pub retry_connrefused: bool,
    /// With --retry: also after any other failure
    #[arg(long)]
    pub retry_all_errors: bool,
}

/// What it goes over.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The network")]
pub struct NetworkArgs {
    /// The network to fetch over
    #[arg(long, value_enum, default_value = "toy")]
    pub net: Net,
    /// Do not verify the server's certificate; the output says so
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Trust the certificates in FILE (PEM), and no others
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Offer these groups for the key exchange of TLS, the preferred one first, with a key share for that one:
    /// X25519, P-256, P-384 with : between them (default: X25519:P-256)
    #[arg(long, value_name = "LIST", value_parser = parse_groups)]
    pub curves: Option<Groups>,
    /// Fetch the URLs at the same time, over several connections
    #[arg(short = 'Z', long)]
    pub parallel: bool,
    /// With -Z: so many at the most, and never more than six connections to one host
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u16).range(1..=300))]
    pub parallel_max: u16,
    /// Take ADDR for HOST:PORT instead of asking DNS
    #[arg(long, value_name = "HOST:PORT:ADDR", value_parser = parse_resolve)]
    pub resolve: Vec<Resolve>,
    /// Ask this DNS server (default: the system's; port 53)
    #[arg(long, value_name = "ADDR[:PORT]", value_parser = parse_resolver)]
    pub resolver: Option<SocketAddr>,
    /// Use IPv4 addresses only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub ipv4: bool,
    /// Use IPv6 addresses only
    #[arg(short = '6', long)]
    pub ipv6: bool,
    /// Ask through the HTTP proxy HOST:PORT, or NAME:PASSWORD@HOST:PORT, port 1080 unless given; https goes through a
    /// tunnel (CONNECT). Proxies that the environment names are not used
    #[arg(short = 'x', long, value_name = "PROXY")]
    pub proxy: Option<String>,
    /// Say who asks to the proxy (Basic)
    #[arg(short = 'U', long, value_name = "NAME:PASSWORD", allow_hyphen_values = true, requires = "proxy")]
    pub proxy_user: Option<String>,
    /// Ask these hosts, and all below them, without the proxy; "*": all
    #[arg(long, value_name = "HOSTS")]
    pub noproxy: Option<String>,
    /// Open a new connection for each request, and say so in it (Connection: close), to see what that costs; curl's
    /// flag of this name is about TCP's keep-alive probes
    #[arg(long)]
    pub no_keepalive: bool,
    /// Let the first bytes of a connection go with its SYN, once the server has given us a cookie: that takes one
    /// connection (Fast Open, RFC 7413); over toy and raw
    #[arg(long)]
    pub tcp_fastopen: bool,
    /// Go on from the TLS sessions in FILE, and keep new ones there: no certificate is sent again. They are keys, so
    /// the file is for its owner alone
    #[arg(long, value_name = "FILE", alias = "ssl-sessions")]
    pub session: Option<PathBuf>,
    /// Send a GET or HEAD with the first bytes of TLS (0-RTT), where a session allows it; that saves a round trip. But
    /// anybody on the way can send a copy of the request to the server. One that answers 425 (Too Early) is asked again
    /// after the handshake
    #[arg(long, alias = "tls-earlydata")]
    pub early_data: bool,
    /// Give up on the name after this long (default: 5; 0, here and below: no limit)
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub dns_timeout: Option<Duration>,
    /// Give up on an address that does not answer our SYN after this long (default: 10)
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub tcp_timeout: Option<Duration>,
    /// Give up on the TLS handshake after this long (default: 10)
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub tls_timeout: Option<Duration>,
    /// Give up connecting, which is name, TCP and TLS together, after this long
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub connect_timeout: Option<Duration>,
    /// Give up altogether, redirects included, after this long (default: 30, or 300 with a body to send)
    #[arg(short, long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub max_time: Option<Duration>,
    /// Seed of all randomness but key material
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Round-trip time to the toy internet's servers, in milliseconds (default: 50)
    #[arg(long, value_name = "MS", value_parser = parse_millis)]
    pub rtt: Option<f64>,
    /// Packets the toy internet loses on that path, each way, in percent (default: 0)
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    pub loss: Option<f64>,
    /// Ask a resolver of the toy internet that knows the root's servers and nothing else: the first question costs a
    /// walk from the root down, and --pcapng writes its packets too
    #[arg(long)]
    pub cold: bool,
    /// Fetch in this scene (see `barewire scenes`) instead of the usual toy internet
    #[arg(long, value_name = "NAME", conflicts_with_all = ["rtt", "loss", "cold"])]
    pub scene: Option<String>,
}
