//! The user's own shell, with a prompt that says in which lab and at which host it is.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Step};
use crate::lab::Host;
use crate::lab::mounts::FOLDER;

/// bash reads this file in the place of ~/.bashrc, so it reads that one first.
const BASH: &str = "\
[ -f ~/.bashrc ] && . ~/.bashrc
PS1='[lab $BAREWIRE_LAB, $BAREWIRE_LAB_HOST] \\w \\$ '
";
/// zsh reads `.zshrc` in the folder that ZDOTDIR names.
const ZSH: &str = "\
[ -f ~/.zshrc ] && . ~/.zshrc
PROMPT='[lab '$BAREWIRE_LAB', '$BAREWIRE_LAB_HOST'] %~ %# '
";

/// The shell that SHELL names, at this host.
pub(super) fn command(host: &Host) -> Result<Command, Failure> {
    let shell = env::var_os("SHELL").filter(|shell| Path::new(shell).exists());
    let shell = shell.unwrap_or_else(|| OsString::from("/bin/sh"));
    let mut command = host.command(&shell);
    let name = Path::new(&shell).file_name().unwrap_or_default().to_string_lossy().into_owned();
    match name.as_str() {
        "bash" => command.arg("--rcfile").arg(written("bashrc", BASH)?),
        "zsh" => {
            written(".zshrc", ZSH)?;
            command.env("ZDOTDIR", FOLDER)
        }
        "fish" => {
            let prompt = "function fish_prompt; echo \"[lab $BAREWIRE_LAB, $BAREWIRE_LAB_HOST] > \"; end";
            command.args(["--init-command", prompt])
        }
        _ => command.env("PS1", "[lab $BAREWIRE_LAB, $BAREWIRE_LAB_HOST] $ "),
    };
    Ok(command)
}

fn written(name: &str, text: &str) -> Result<String, Failure> {
    let path = format!("{FOLDER}/{name}");
    fs::write(&path, text).map_err(|error| Failure::new(Step::Output, format!("{path}: {error}")))?;
    Ok(path)
}
