//! `lab shell`, `lab run` and `lab exec`: which program runs, at which host, and what it finds in its environment.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{shell, welcome};
use crate::cli::LabOptions;
use crate::failure::{Failure, Step};
use crate::lab::mounts::{AUTHORITY, PROGRAMS};
use crate::lab::{self, Host, Lab, Plan, Ready};

pub(super) fn shell(options: &LabOptions) -> Result<u8, Failure> {
    start(options, |ready, host| {
        welcome::say(ready, host);
        shell::command(host)
    })
}

pub(super) fn run(options: &LabOptions, quiet: bool, words: &[OsString]) -> Result<u8, Failure> {
    start(options, |ready, host| {
        if !quiet {
            welcome::say_in_one_line(ready);
        }
        Ok(program(host, words))
    })
}

/// Runs a program at another host of the lab around this process, and in the place of this process.
pub(super) fn exec(host: &str, words: &[OsString]) -> Result<u8, Failure> {
    let Some(lab) = lab::attach()? else {
        let why = "this is not inside a lab; `barewire lab shell` raises one, and there `lab exec` works";
        return Err(Failure::new(Step::Usage, why));
    };
    let host = named(&lab, Some(host))?;
    let mut command = if words.is_empty() { shell::command(host)? } else { program(host, words) };
    prepare(&mut command, &lab, host);
    let error = command.exec();
    Ok(lab::not_started(&command, &error))
}

/// Raises the lab that the flags ask for, and runs in it what `choose` makes for the host of the flags.
fn start(
    options: &LabOptions,
    choose: impl FnOnce(&Ready, &Host) -> Result<Command, Failure>,
) -> Result<u8, Failure> {
    let words = options.wire.words();
    let plan = Plan::of(&options.topology)?.with_relay(words.iter().map(String::as_str))?;
    let plan = Plan { servers: !options.no_servers, ..plan };
    known(&plan, options.at.as_deref())?;
    if !words.is_empty() && plan.topology.relays().next().is_none() {
        let (name, words) = (plan.topology.name, words.join(" "));
        let why = format!("the lab {name} has no slow wire that could have {words}: add --topology path");
        return Err(Failure::new(Step::Usage, why));
    }
    lab::run(&plan, |ready| {
        let host = named(&ready.lab, options.at.as_deref())?;
        be_found();
        let mut command = choose(ready, host)?;
        prepare(&mut command, &ready.lab, host);
        Ok(command)
    })
}

/// A wrong name is told before anything is raised.
fn known(plan: &Plan, name: Option<&str>) -> Result<(), Failure> {
    let names: Vec<&str> = plan.topology.hosts.iter().map(|host| host.name).collect();
    match name {
        Some(name) if !names.contains(&name) => Err(no_host(plan.topology.name, name, &names)),
        _ => Ok(()),
    }
}

fn named<'a>(lab: &'a Lab, name: Option<&str>) -> Result<&'a Host, Failure> {
    let names: Vec<&str> = lab.hosts().iter().map(Host::name).collect();
    let name = name.unwrap_or(names[0]);
    lab.find(name).ok_or_else(|| no_host(lab.topology(), name, &names))
}

fn no_host(topology: &str, name: &str, names: &[&str]) -> Failure {
    let names = names.join(", ");
    Failure::new(Step::Usage, format!("the lab {topology} has no host {name}; it has {names}"))
}

fn program(host: &Host, words: &[OsString]) -> Command {
    let mut command = host.command(&words[0]);
    command.args(&words[1..]);
    command
}

/// What a program finds in its environment: which lab, which host, whom to trust, and the program `barewire`.
fn prepare(command: &mut Command, lab: &Lab, host: &Host) {
    command.env("BAREWIRE_LAB", lab.topology()).env("BAREWIRE_LAB_HOST", host.name());
    if Path::new(AUTHORITY).exists() {
        command.env("SSL_CERT_FILE", AUTHORITY).env("CURL_CA_BUNDLE", AUTHORITY).env_remove("SSL_CERT_DIR");
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [OsStr::new(PROGRAMS).into()].into_iter().chain(env::split_paths(&path));
    if let Ok(path) = env::join_paths(folders) {
        command.env("PATH", path);
    }
}

/// Lets this program be found as `barewire`, wherever it lies.
fn be_found() {
    if let Ok(program) = env::current_exe() {
        let _ = fs::create_dir_all(PROGRAMS);
        let _ = std::os::unix::fs::symlink(program, Path::new(PROGRAMS).join("barewire"));
    }
}
