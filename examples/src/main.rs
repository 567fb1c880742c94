//! The `barewire` program: reads the command line, runs the command, exits with curl's codes.

use std::process::ExitCode;

use barewire::cli::{Cli, Command};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Some(Command::Read(args)) => barewire::commands::read(&args),
        Some(Command::Dissect(args)) => barewire::commands::dissect(&args),
        Some(Command::Fetch(args)) => barewire::commands::fetch(&args),
        Some(Command::Keys(args)) => barewire::commands::keys(&args),
        Some(Command::Scenes) => barewire::commands::scenes(),
        Some(Command::Scene(args)) => barewire::commands::scene(&args),
        Some(Command::Serve(args)) => barewire::commands::serve(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Sniff(args)) => barewire::commands::sniff(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Doctor(args)) => barewire::commands::doctor(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Relay(args)) => barewire::commands::relay(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Resolve(args)) => barewire::commands::resolve(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Lab(args)) => barewire::commands::lab(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Ping(args)) => barewire::commands::ping(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Traceroute(args)) => barewire::commands::traceroute(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Scan(args)) => barewire::commands::scan(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Send(args)) => barewire::commands::send(&args),
        #[cfg(not(target_family = "wasm"))]
        Some(Command::Listen(args)) => barewire::commands::listen(&args),
        Some(Command::ServeDns(args)) => barewire::commands::serve_dns(&args),
        None => barewire::commands::fetch(&cli.fetch),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            barewire::commands::complain(&format!("({}) {failure}", failure.exit_code()));
            ExitCode::from(failure.exit_code())
        }
    }
}
