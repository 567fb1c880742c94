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
    /// What the relay of the topology path does, as `barewire relay` reads it: delay=50ms, loss=2%, rate=10mbit,
    /// queue=20, seed=7; may be given several times (default: delay=20ms loss=1%)
    #[arg(long, value_name = "WORD")]
    pub relay: Vec<String>,
    /// Start no servers
    #[arg(long)]
    pub no_servers: bool,
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
