//! A poor wire between two network devices, as a program for the recorder of captures: the relay of
//! `barewire-internet`. For people there is `barewire relay`.
//!
//! ```text
//! cargo run -p barewire-tcp --example relay -- --help
//! ```

#[cfg(target_os = "linux")]
#[path = "../tests/common/relay.rs"]
mod relay;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;

    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [left, right, words @ ..] = &words[..] else {
        println!("relay LEFT RIGHT [WORD...]\n{}", barewire_internet::relay::WORDS);
        return if words == ["--help"] { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    match relay::run(left, right, words) {
        Ok(tally) => {
            println!("{tally}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("relay: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("relay: only Linux lets a program have the frames of a network device");
}
