//! Three servers of this program that hold a root, a zone below it and one below that, each at a loopback address of
//! its own, and all at one port; and a resolver that begins there.

#![allow(dead_code)] // each test file uses its own part

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::common::TempFolder;

/// How often a port is looked for that is free at all addresses.
const TRIES: usize = 20;

const ROOT: &str = "$ORIGIN .\n$TTL 3600\n@ SOA a.root. joe 1 1 1 1 300\n@ NS a.root.\na.root. A 127.0.0.1\n\
    test. NS ns.nic.test.\nns.nic.test. A 127.0.0.2\n";
const TEST: &str = "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 127.0.0.2\n\
    example NS ns.example\nns.example A 127.0.0.3\nsilent NS ns.silent\nns.silent A 127.0.0.4\n";
const EXAMPLE: &str = "$ORIGIN example.test.\n$TTL 300\n@ SOA ns joe 1 1 1 1 60\n@ NS ns\nns A 127.0.0.3\n\
    www A 203.0.113.80\nmail A 203.0.113.25\nalias CNAME www\n";

/// The zones, and the last byte of the address of each one's server. Nobody answers for the last.
pub(crate) const ZONES: [(u8, &str); 4] = [(1, "."), (2, "test."), (3, "example.test."), (4, "silent.test.")];

/// `barewire serve-dns` in a process that ends with the test.
pub(crate) struct Program {
    child: Child,
    /// The first line that it printed.
    pub(crate) head: String,
    /// Where it listens.
    pub(crate) at: SocketAddr,
    output: Option<BufReader<ChildStdout>>,
}

impl Program {
    /// `None` if its port is taken.
    pub(crate) fn start(arguments: &[&str]) -> Option<Program> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_barewire"))
            .arg("serve-dns")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let (mut head, mut at) = (String::new(), String::new());
        output.read_line(&mut head).expect("a line");
        output.read_line(&mut at).expect("a line");
        let head = head.trim_end().to_owned();
        let at = at.trim_start_matches("at ").split(',').next().and_then(|at| at.parse().ok());
        match at {
            Some(at) => Some(Program { child, head, at, output: Some(output) }),
            None => {
                child.wait().expect("it has ended");
                None
            }
        }
    }

    /// The lines after the head.
    pub(crate) fn output(mut self) -> impl Iterator<Item = String> {
        let lines = self.output.take().expect("taken once").lines().map_while(Result::ok);
        // The program goes on as long as somebody reads.
        lines.inspect(move |_| {
            let _ = &self.child;
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The three servers, and a fourth address where nobody answers.
pub(crate) struct Tree {
    _servers: [Program; 3],
    _silent: UdpSocket,
    folder: TempFolder,
    port: u16,
}

impl Tree {
    pub(crate) fn grow() -> Tree {
        let folder = TempFolder::new();
        let long: String = (0..40).map(|line| format!("big TXT \"{line:0>90}\"\n")).collect();
        let example = format!("{EXAMPLE}{long}");
        let zones = [("root", ROOT), ("test", TEST), ("example", &example)];
        zones.iter().for_each(|(name, text)| std::fs::write(folder.file(name), text).expect("written"));
        let hints = ". 3600 NS a.root.\na.root. 3600 A 127.0.0.1\n";
        std::fs::write(folder.file("hints"), hints).expect("written");
        let serve = |last: u8, port: u16, zone: &str| {
            Program::start(&["--listen", &format!("127.0.0.{last}:{port}"), &folder.file(zone)])
        };
        for _ in 0..TRIES {
            let Some(root) = serve(1, 0, "root") else { continue };
            let port = root.at.port();
            let Ok(silent) = UdpSocket::bind(("127.0.0.4", port)) else { continue };
            if let (Some(test), Some(example)) = (serve(2, port, "test"), serve(3, port, "example")) {
                return Tree { _servers: [root, test, example], _silent: silent, folder, port };
            }
        }
        panic!("no port is free at three addresses");
    }

    /// The port of all of them.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A resolver that begins at the first server.
    pub(crate) fn resolver(&self, flags: &[&str]) -> Program {
        let (hints, port) = (self.folder.file("hints"), self.port.to_string());
        let words = ["--recursive", "--listen", "127.0.0.1:0", "--hints", &hints, "--server-port", &port];
        Program::start(&[&words[..], flags].concat()).expect("a resolver")
    }
}
