//! The servers, each as its project ships it, with the shortest configuration that shows what a test needs: the files
//! of [`FILES`], or for node the answers of `node.js`.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::port::free_port;

/// What each file server has: the name, and the text.
pub(crate) const FILES: [(&str, &str); 2] =
    [("page.html", "<!doctype html>\n<title>It works</title>\n<p>One page.</p>\n"), ("long.txt", LONG)];

/// A text that is worth compressing.
const LONG: &str = include_str!("servers.rs");

/// A server that runs, and the folder that it runs in. Both end with it.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
    child: Child,
    /// What stands behind it.
    _origin: Option<Box<Server>>,
}

impl Server {
    /// Starts a command in a folder of its own. `command` is given the folder and the port that is free.
    fn start(name: &str, command: impl FnOnce(&Path, u16) -> Command) -> Server {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("bwpeer-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("site/put")).expect("a folder");
        for (file, content) in FILES {
            fs::write(folder.join("site").join(file), content).expect("a file");
        }
        // Servers that change their user must read and write there.
        for place in ["", "site", "site/put"] {
            open_to_all(&folder.join(place));
        }
        let port = free_port();
        let log = File::create(folder.join("log")).expect("a log");
        let child = command(&folder, port)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log again"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let mut server = Server { port, folder, child, _origin: None };
        server.wait_until_it_listens(name);
        server
    }

    fn wait_until_it_listens(&mut self, name: &str) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = matches!(self.child.try_wait(), Ok(Some(_)));
            let late = start.elapsed() > Duration::from_secs(20);
            assert!(!ended && !late, "{name} does not listen:\n{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// A URL at this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM first: a server may have to end its own children.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let start = Instant::now();
        while !matches!(self.child.try_wait(), Ok(Some(_))) && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("our own folder");
}

/// `program words...`
fn command(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    command
}

/// Writes the configuration into the folder, and gives its path.
fn config(folder: &Path, text: &str) -> String {
    let path = folder.join("config");
    fs::write(&path, text).expect("a configuration");
    path.display().to_string()
}

/// nginx, with gzip for `long.txt` and PUT below `/put/`.
pub(crate) fn nginx() -> Server {
    Server::start("nginx", |folder, port| {
        let dir = folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
            .concat();
        let text = format!(
            "daemon off;\nmaster_process off;\npid {dir}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n\
             types {{ text/html html; text/plain txt; }}\n{temporary}\
             server {{ listen 127.0.0.1:{port}; root {dir}/site; gzip_types text/plain; gzip_http_version 1.0;\n\
             location /long.txt {{ gzip on; }}\nlocation /put/ {{ dav_methods PUT DELETE; }} }}\n}}\n"
        );
        command("nginx", &["-p", &dir.to_string(), "-e", "stderr", "-c", &config(folder, &text)])
    })
}

/// apache2, with br and gzip, and PUT by WebDAV.
pub(crate) fn apache() -> Server {
    Server::start("apache2", |folder, port| {
        let modules: String =
            ["mpm_event", "authz_core", "mime", "filter", "deflate", "brotli", "dav", "dav_fs"]
                .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
                .concat();
        let dir = folder.display();
        let text = format!(
            "ServerName localhost\nServerRoot {dir}\nListen 127.0.0.1:{port}\nPidFile {dir}/pid\nErrorLog {dir}/error.log\n\
             {modules}User nobody\nGroup nogroup\nDocumentRoot {dir}/site\nTypesConfig /dev/null\n\
             AddType text/html .html\nAddType text/plain .txt\nDavLockDB {dir}/site/put/lock\nKeepAliveTimeout 30\n\
             <Location /long.txt>\nSetOutputFilter BROTLI_COMPRESS;DEFLATE\n</Location>\n<Location /put>\nDav On\n</Location>\n\
             <Location /small>\nDav On\nLimitRequestBody 10\n</Location>\n"
        );
        command("apache2", &["-X", "-f", &config(folder, &text)])
    })
}

pub(crate) fn lighttpd() -> Server {
    Server::start("lighttpd", |folder, port| {
        let dir = folder.display();
        let text = format!(
            "server.document-root = \"{dir}/site\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n\
             mimetype.assign = ( \".html\" => \"text/html\", \".txt\" => \"text/plain\" )\n"
        );
        command("lighttpd", &["-D", "-f", &config(folder, &text)])
    })
}

/// caddy, with zstd and gzip.
pub(crate) fn caddy() -> Server {
    Server::start("caddy", |folder, port| {
        let dir = folder.display();
        let text = format!(
            "{{\n admin off\n auto_https off\n}}\n:{port} {{\n bind 127.0.0.1\n root * {dir}/site\n encode zstd gzip\n file_server\n}}\n"
        );
        let mut command =
            command("caddy", &["run", "--adapter", "caddyfile", "--config", &config(folder, &text)]);
        command.env("HOME", folder);
        command
    })
}

/// `python3 -m http.server`: HTTP/1.0.
pub(crate) fn python() -> Server {
    Server::start("python3", |folder, port| {
        let site = folder.join("site").display().to_string();
        command(
            "python3",
            &["-m", "http.server", "--bind", "127.0.0.1", "--directory", &site, &port.to_string()],
        )
    })
}

/// node, with the answers of `node.js`.
pub(crate) fn node() -> Server {
    Server::start("node", |folder, port| {
        let script = folder.join("node.js");
        fs::write(&script, include_str!("node.js")).expect("a script");
        command("node", &[&script.display().to_string(), &port.to_string()])
    })
}

/// haproxy in front of node. It answers `/own` itself.
pub(crate) fn haproxy() -> Server {
    let origin = node();
    let behind = origin.port;
    let mut server = Server::start("haproxy", |folder, port| {
        let text = format!(
            "defaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n timeout tunnel 30s\n\
             frontend here\n bind 127.0.0.1:{port}\n default_backend there\n\
             http-request return status 200 content-type text/plain string \"haproxy\" if {{ path /own }}\n\
             backend there\n server node 127.0.0.1:{behind}\n"
        );
        command("haproxy", &["-db", "-f", &config(folder, &text)])
    });
    server._origin = Some(Box::new(origin));
    server
}
