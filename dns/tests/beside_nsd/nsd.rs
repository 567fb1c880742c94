//! nsd on a port of the loopback, with zones from files in a folder of its own.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use barewire_dns::{Deframer, frame};

use crate::port::free_port;

/// A running nsd and a connection to it. It ends when this is dropped.
pub(crate) struct Nsd {
    child: Child,
    stream: TcpStream,
    replies: Deframer,
    folder: PathBuf,
}

impl Nsd {
    pub(crate) fn start(zones: &[(&str, &str)]) -> Nsd {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("barewire-nsd-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let dir = folder.display();
        let mut conf = format!(
            "server:\n ip-address: 127.0.0.1@{port}\n username: \"\"\n database: \"\"\n zonesdir: \"{dir}\"\n \
             pidfile: \"{dir}/pid\"\n zonelistfile: \"{dir}/list\"\n xfrdfile: \"{dir}/xfrd\"\n xfrdir: \"{dir}\"\n \
             server-count: 1\n tcp-timeout: 60\n minimal-responses: yes\n refuse-any: no\n round-robin: no\n\
             remote-control:\n control-enable: no\n"
        );
        for (name, text) in zones {
            std::fs::write(folder.join(name), text).unwrap();
            conf += &format!("zone:\n name: {name}\n zonefile: {name}\n provide-xfr: 127.0.0.1 NOKEY\n");
        }
        let file = folder.join("nsd.conf");
        std::fs::write(&file, conf).unwrap();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let mut nsd = Command::new("nsd");
        nsd.arg("-d").arg("-c").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut child = nsd.spawn().expect("nsd starts");
        let begun = Instant::now();
        let stream = loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                Ok(stream) => break stream,
                Err(error)
                    if begun.elapsed() > Duration::from_secs(20) || child.try_wait().unwrap().is_some() =>
                {
                    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                    panic!("nsd does not listen: {error}\n{log}");
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Nsd { child, stream, replies: Deframer::default(), folder }
    }

    /// The first message that it answers with.
    pub(crate) fn ask(&mut self, query: &[u8]) -> Vec<u8> {
        self.stream.write_all(&frame(query).unwrap()).unwrap();
        self.message()
    }

    /// The next message.
    pub(crate) fn message(&mut self) -> Vec<u8> {
        let mut piece = [0; 65_536];
        loop {
            if let Some(message) = self.replies.message() {
                return message;
            }
            let length = self.stream.read(&mut piece).expect("nsd answers");
            assert!(length > 0, "nsd closed the connection");
            self.replies.push(&piece[..length]);
        }
    }
}

impl Drop for Nsd {
    fn drop(&mut self) {
        // nsd ends its own children when it is asked to end, and not when it is killed.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
