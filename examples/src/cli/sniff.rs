//! The flags of `sniff`: tcpdump's where it has them.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::parse_seconds;

pub(super) const EXAMPLES: &str = "\
Examples:
  barewire sniff                                    the first one that is up
  barewire sniff eth0 tcp port 443                  the rest is a filter
  barewire sniff any dns or icmp                    all interfaces
  barewire sniff lo 'port 8080 and (syn or fin or rst)'
  barewire sniff eth0 -c 10 --bytes arp             each byte of ten packets
  barewire sniff eth0 -q -w t.pcapng                only into a file
  barewire sniff eth0 tls --keylog keys.log         a client's SSLKEYLOGFILE
  barewire sniff -r t.pcapng host 10.0.0.2 and not port 22
  tcpdump -i eth0 -w - | barewire sniff -r - http
  barewire lab run -- barewire sniff any            without root

A filter is what tcpdump takes: host, net, port, portrange, each also after src
or dst, and after a protocol; ip ip6 arp tcp udp icmp icmp6; less, greater,
vlan, inbound, outbound; and, or (from left to right), not, ( ). Also syn, ack,
fin, rst, psh, urg, and flags S. for exactly SYN and ACK. dns, tls and http are
found in the bytes, whatever the port. Names of hosts, ether and tcp[13] are not
spoken.

A packet has a row as soon as it is there; a key log that is being written holds
the packets of a TLS handshake back for 250 ms. After 8192 conversations the
story begins anew. What the kernel drops is counted, and said.

Exit codes: 0 ended by -c, --time, Ctrl+C or the end of the file, 1 a file ends
  early, 2 usage, 7 the interface cannot be heard, 23 and 26 files";

/// The flags of `sniff`.
#[derive(Debug, Clone, Args)]
pub struct SniffArgs {
    /// The interface ("any": all of them), unless -i or -r is given, and a filter
    #[arg(value_name = "IFACE|FILTER")]
    pub words: Vec<String>,
    /// Hear this interface
    #[arg(short, long, value_name = "IFACE", conflicts_with = "read")]
    pub interface: Option<String>,
    /// Read the packets of this capture ("-": standard input) in place of an interface
    #[arg(short, long, value_name = "FILE")]
    pub read: Option<PathBuf>,
    /// Write the packets that the filter takes to this file, as pcapng ("-": standard output, and no rows)
    #[arg(short, long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// End after so many packets
    #[arg(short, long, value_name = "N")]
    pub count: Option<u64>,
    /// End after so many seconds
    #[arg(long, value_name = "SECONDS", alias = "duration", value_parser = parse_seconds)]
    pub time: Option<Duration>,
    /// List the interfaces
    #[arg(short = 'D', long = "list-interfaces", alias = "list")]
    pub list: bool,
    /// Ask the network card for packets that are for others, too
    #[arg(long, conflicts_with = "read")]
    pub promiscuous: bool,
    /// Keep so many bytes of a packet (0: all)
    #[arg(short, long, value_name = "BYTES", default_value_t = 0)]
    pub snapshot_length: usize,
    /// The size of the kernel's queue, in KiB
    #[arg(short = 'B', long, value_name = "KIB", default_value_t = 16_384)]
    pub buffer_size: usize,
    /// Open TLS with the secrets in FILE, which may still be written (default: the file that SSLKEYLOGFILE names)
    #[arg(long, value_name = "FILE")]
    pub keylog: Option<PathBuf>,
    /// Print the annotated bytes of every packet
    #[arg(long)]
    pub bytes: bool,
    /// One JSON object per line; with --bytes also the bytes and fields
    #[arg(long)]
    pub json: bool,
    /// Print the counts alone
    #[arg(short, long, conflicts_with_all = ["json", "bytes"])]
    pub quiet: bool,
    /// Words of tcpdump for what is so here anyway: addresses without names, no promiscuous mode, each row and
    /// each packet as soon as it is there
    #[arg(short = 'n', short_aliases = ['l', 'U', 'p'], alias = "no-promiscuous-mode", hide = true)]
    #[arg(action = clap::ArgAction::Count)]
    pub as_it_is: u8,
}
