//! The flags of `relay`.

use clap::Args;

/// Examples below the help.
pub(super) const EXAMPLES: &str = "\
Examples, with two devices that each lead to a host (or to a namespace):
  barewire relay veth0 veth1 --delay 20ms               a ping takes 40 ms
  barewire relay veth0 veth1 --loss 2% --seed 7         again with the same dice
  barewire relay veth0 veth1 --rate 20mbit --queue 30000 --ecn-mark 1%
  barewire relay veth0 veth1 --delay 5ms --jitter 3ms --reorder 1%:9ms
  barewire relay veth0 veth1 --to-left delay=300ms,loss=5%      only one way
  barewire relay veth0 veth1 --rule right:data:12:drop  the twelfth segment
  barewire relay tun0 tun1 --tun --delay 20ms --for 60s
  barewire relay veth0 veth1 --json | jq .to_left.lost

It sees whole frames, and changes nothing but the marks. A host leaves work to
its network card: what was not cut or summed yet is cut and summed here, so that
frames are as on a wire. What is not IP, as ARP, passes at once. It takes
CAP_NET_RAW, or with --tun CAP_NET_ADMIN: root has both, and everybody has in a
lab. It leaves nothing behind.

Exit codes: 0 ended by Ctrl+C or --for, 2 usage, or a device cannot be opened,
  56 a device is gone";

/// The flags of `relay`. Their values are the words of [`Plan`](barewire_internet::relay::Plan), which reads them.
#[derive(Debug, Clone, Args)]
pub struct RelayArgs {
    /// A network device: what comes in there leaves by RIGHT
    #[arg(value_name = "LEFT")]
    pub left: String,
    /// The other device: what comes in there leaves by LEFT
    #[arg(value_name = "RIGHT")]
    pub right: String,
    /// How long each frame is under way, one way: 20ms, 1.5s, 300us
    #[arg(long, value_name = "TIME", help_heading = "Both ways")]
    pub delay: Option<String>,
    /// Up to how much longer it may be under way, at random; no frame overtakes another by it
    #[arg(long, value_name = "TIME", help_heading = "Both ways")]
    pub jitter: Option<String>,
    /// How likely a frame is lost: 2%, 0.02
    #[arg(long, value_name = "SHARE", help_heading = "Both ways")]
    pub loss: Option<String>,
    /// How likely a frame is held back, and for how long, so that later ones overtake it: 2%:5ms
    #[arg(long, value_name = "SHARE:TIME", help_heading = "Both ways")]
    pub reorder: Option<String>,
    /// How likely a frame arrives twice
    #[arg(long, value_name = "SHARE", help_heading = "Both ways")]
    pub duplicate: Option<String>,
    /// How much passes in a second: 20mbit, 512kbit
    #[arg(long, value_name = "RATE", help_heading = "Both ways")]
    pub rate: Option<String>,
    /// With a rate: how many bytes may wait for their turn; more are lost (default: 262144)
    #[arg(long, value_name = "BYTES", help_heading = "Both ways")]
    pub queue: Option<String>,
    /// How likely a packet is marked "congestion experienced", if its sender takes such marks (ECN, RFC 3168)
    #[arg(long, value_name = "SHARE", help_heading = "Both ways")]
    pub ecn_mark: Option<String>,
    /// What else holds for frames that leave by LEFT: delay=5ms,loss=0
    #[arg(
        long,
        value_name = "NAME=VALUE,...",
        value_delimiter = ',',
        help_heading = "One way, or one frame"
    )]
    pub to_left: Vec<String>,
    /// What else holds for frames that leave by RIGHT
    #[arg(
        long,
        value_name = "NAME=VALUE,...",
        value_delimiter = ',',
        help_heading = "One way, or one frame"
    )]
    pub to_right: Vec<String>,
    /// A rule for single segments of TCP, data or bare (without payload), counted from 1, by the side that they leave
    /// by: drop, twice, mark, or hold:TIME; may be given several times
    #[arg(long, value_name = "SIDE:KIND:N[-M]:ACTION", help_heading = "One way, or one frame")]
    pub rule: Vec<String>,
    /// LEFT and RIGHT are TUN devices, which carry bare IP packets; those that are not there are made, and end with it
    #[arg(long)]
    pub tun: bool,
    /// The seed of all chances: the same seed does the same to the same frames (default: random, and printed)
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// End after this time; Ctrl+C ends it, too
    #[arg(long = "for", value_name = "TIME")]
    pub lasts: Option<String>,
    /// One JSON object when it is ready, and one at the end
    #[arg(long)]
    pub json: bool,
}

impl RelayArgs {
    /// The words of the plan that these flags are, the more particular ones last.
    pub fn words(&self, seed: u64) -> Vec<String> {
        let both = [
            ("delay", &self.delay),
            ("jitter", &self.jitter),
            ("loss", &self.loss),
            ("reorder", &self.reorder),
            ("duplicate", &self.duplicate),
            ("rate", &self.rate),
            ("queue", &self.queue),
            ("mark", &self.ecn_mark),
            ("for", &self.lasts),
        ];
        let both = both.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        let one_way = |side: &'static str, words: &[String]| {
            let word = move |word: &String| match word.split_once('=') {
                Some((name, value)) => format!("{}-to-{side}={value}", name.replace("ecn-mark", "mark")),
                None => format!("{word}-to-{side}="),
            };
            words.iter().map(word).collect::<Vec<String>>()
        };
        let one_way = [one_way("left", &self.to_left), one_way("right", &self.to_right)].concat();
        both.chain(one_way).chain(self.rule.iter().cloned()).chain([format!("seed={seed}")]).collect()
    }
}
