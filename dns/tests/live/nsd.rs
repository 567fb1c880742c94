//! nsd with one zone, on a port of the loopback, until the value is dropped.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::output;
use crate::port::free_port;
use crate::zone::Folder;

/// A server that does not come up by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Nsd {
    process: Child,
    port: u16,
    folder: Folder,
}

impl Nsd {
    /// Serves `zone`, whose name is `example.test`.
    pub(crate) fn start(zone: &str) -> Nsd {
        let folder = Folder::new("nsd");
        let zone = folder.write("zone", zone);
        let port = free_port();
        let place = zone.parent().unwrap().display();
        let config = format!(
            "server:\n  ip-address: 127.0.0.1@{port}\n  username: \"\"\n  server-count: 1\n  zonesdir: \"{place}\"\n  \
             database: \"\"\n  pidfile: \"{place}/pid\"\n  xfrdfile: \"{place}/xfrd\"\n  zonelistfile: \"{place}/list\"\n\
             remote-control:\n  control-enable: no\n\
             zone:\n  name: example.test\n  zonefile: zone\n  provide-xfr: 127.0.0.1 NOKEY\n"
        );
        let config = folder.write("config", &config);
        let log = std::fs::File::create(folder.write("log", "")).unwrap();
        let process = Command::new("nsd")
            .arg("-d")
            .arg("-c")
            .arg(config)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Nsd { process, port, folder };
        server.wait();
        server
    }

    fn wait(&mut self) {
        let start = Instant::now();
        loop {
            let asked =
                self.command(&["+short", "+tries=1", "+time=1", "example.test", "SOA"]).output().unwrap();
            if asked.status.success() && asked.stdout.starts_with(b"ns1.example.test.") {
                return;
            }
            assert_eq!(self.process.try_wait().unwrap(), None, "nsd ended: {}", self.folder.read("log"));
            assert!(start.elapsed() < PATIENCE, "nsd does not answer: {}", self.folder.read("log"));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("dig");
        command.arg("@127.0.0.1").arg("-p").arg(self.port.to_string()).args(arguments);
        command
    }

    /// What dig prints of a question to the server.
    pub(crate) fn dig(&self, arguments: &[&str]) -> String {
        output(&mut self.command(arguments))
    }
}

impl Drop for Nsd {
    /// Asks it to end, so that its children end too.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
