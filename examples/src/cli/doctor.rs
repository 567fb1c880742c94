//! The flags of `doctor`.

use clap::Args;

/// Examples below the help.
pub(super) const EXAMPLES: &str = "\
Examples:
  barewire doctor                                   what works here, and why not
  barewire doctor -v                                what was tried
  barewire doctor && barewire fetch URL --net raw   only where it works
  barewire doctor --json | jq '.here[] | select(.outcome == \"closed\") | .way'

It tries each thing for a moment and lets go of it: sockets on loopback here,
and in a lab of its own what would change a machine. It changes nothing.

Exit codes: 0 fetch --net raw works here, 1 it works in a lab only (barewire lab
  run), 3 it does not work, 2 usage";

/// The flags of `doctor`.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    /// Also say what was tried, and what was seen where it works
    #[arg(short, long, conflicts_with = "json")]
    pub verbose: bool,
    /// One JSON object, with all that was tried
    #[arg(long)]
    pub json: bool,
    /// From inside a lab, for the doctor outside
    #[arg(long, hide = true)]
    pub inside: bool,
}
