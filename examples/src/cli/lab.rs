//! The flags of `lab`.

use std::ffi::OsString;

use clap::{Args, Subcommand};

/// The flags of `lab`.
#[derive(Debug, Clone, Args)]
pub struct LabArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: LabCommand,
}

/// What to do with a lab.
#[derive(Debug, Clone, Subcommand)]
pub enum LabCommand {
    /// Raise a lab, and start a shell in it
    Shell(LabOptions),
    /// Raise a lab, and run one program in it
    Run {
        #[command(flatten)]
        #[expect(missing_docs, reason = "its members are the flags")]
        options: LabOptions,
        /// Do not say what was raised
        #[arg(short, long)]
        quiet: bool,
        /// The program and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
        words: Vec<OsString>,
    },
    /// From inside a lab: run a program at one of its hosts (a shell, if none is named)
    Exec {
        /// The host; `barewire lab list` has their names
        host: String,
        /// The program and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
        words: Vec<OsString>,
    },
    /// List the labs: hosts, addresses, servers
    List(LabListArgs),
}

/// Which lab, and where in it.
#[derive(Debug, Clone, Args)]
pub struct LabOptions {
    /// Which hosts and cables; `barewire lab list` draws them
    #[arg(long, value_name = "NAME", default_value = "pair")]
    pub topology: String,
    /// Run at this host (default: the first one)
    #[arg(long, value_name = "HOST")]
    pub at: Option<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its members are the flags")]
    pub wire: LabWire,
    /// Start no servers
    #[arg(long)]
    pub no_servers: bool,
}

/// What the slow wire of the topology `path` does.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The wire of the topology path")]
pub struct LabWire {
    /// How long a packet takes, each way (default: 20ms)
    #[arg(long, value_name = "TIME")]
    pub delay: Option<String>,
    /// How many packets are lost, each way (default: 1%)
    #[arg(long, value_name = "SHARE")]
    pub loss: Option<String>,
    /// How fast it sends: 10mbit (default: as fast as it can)
    #[arg(long, value_name = "RATE")]
    pub rate: Option<String>,
    /// With a rate: how many bytes wait for their turn at most (default: 262144)
    #[arg(long, value_name = "BYTES")]
    pub queue: Option<String>,
    /// The seed of what is lost (default: 1)
    #[arg(long, value_name = "N")]
    pub seed: Option<String>,
    /// Another word of `barewire relay`: jitter=5ms, duplicate=1%, loss-to-left=5%; may be given several times
    #[arg(long, value_name = "WORD")]
    pub relay: Vec<String>,
}

impl LabWire {
    /// The words of `barewire relay` that say so.
    pub fn words(&self) -> Vec<String> {
        let flags = [
            ("delay", &self.delay),
            ("loss", &self.loss),
            ("rate", &self.rate),
            ("queue", &self.queue),
            ("seed", &self.seed),
        ];
        let given = flags.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        given.chain(self.relay.iter().cloned()).collect()
    }
}

/// The flags of `lab list`.
#[derive(Debug, Clone, Args)]
pub struct LabListArgs {
    /// Only these
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// One JSON object per lab
    #[arg(long)]
    pub json: bool,
}
