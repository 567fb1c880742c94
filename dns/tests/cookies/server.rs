//! nsd and named with one small zone, on a port of the loopback, until the value is dropped.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::port::free_port;

/// A server that does not come up by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

const ZONE: &str = "$ORIGIN example.test.\n$TTL 300\n\
    @ SOA ns1 hostmaster 1 3600 900 604800 60\n@ NS ns1\nns1 A 127.0.0.1\nwww A 203.0.113.80\n";

/// A server that others wrote.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    folder: PathBuf,
}

impl Server {
    /// nsd, with these lines among its settings.
    pub(crate) fn nsd(lines: &str) -> Server {
        Server::start("nsd", |address, place| {
            let config = format!(
                "server:\n  ip-address: {}@{}\n  username: \"\"\n  server-count: 1\n  zonesdir: \"{place}\"\n  \
                 database: \"\"\n  pidfile: \"{place}/pid\"\n  xfrdfile: \"{place}/xfrd\"\n  \
                 zonelistfile: \"{place}/list\"\n  {lines}\nremote-control:\n  control-enable: no\n\
                 zone:\n  name: example.test\n  zonefile: zone\n",
                address.ip(),
                address.port(),
            );
            (config, vec!["-d", "-c"])
        })
    }

    /// named, which answers BADCOOKIE to a query with a cookie that is not the server's.
    pub(crate) fn named() -> Server {
        Server::start("named", |address, place| {
            let config = format!(
                "options {{ directory \"{place}\"; listen-on port {} {{ {}; }}; listen-on-v6 {{ none; }}; \
                 pid-file none; session-keyfile none; recursion no; require-server-cookie yes; }};\n\
                 controls {{ }};\nzone \"example.test\" {{ type primary; file \"zone\"; }};\n",
                address.port(),
                address.ip(),
            );
            (config, vec!["-g", "-n", "1", "-c"])
        })
    }

    fn start(program: &str, config: impl Fn(SocketAddr, &str) -> (String, Vec<&'static str>)) -> Server {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let name = format!("barewire-cookies-{program}-{}-{}", std::process::id(), address.port());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let (config, arguments) = config(address, &folder.display().to_string());
        let file = folder.join("config");
        std::fs::write(&file, config).unwrap();
        std::fs::write(folder.join("zone"), ZONE).unwrap();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let process = Command::new(program)
            .args(arguments)
            .arg(file)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let mut server = Server { process, address, folder };
        server.wait();
        server
    }

    fn wait(&mut self) {
        let start = Instant::now();
        loop {
            let port = self.address.port().to_string();
            let arguments = ["@127.0.0.1", "-p", &port, "+short", "+tries=1", "+time=1", "www.example.test"];
            let asked = Command::new("dig").args(arguments).output().unwrap();
            if asked.stdout.starts_with(b"203.0.113.80") {
                return;
            }
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert_eq!(self.process.try_wait().unwrap(), None, "the server ended: {}", log());
            assert!(start.elapsed() < PATIENCE, "the server does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    /// Asks it to end, so that its children end too.
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
