//! The two files of the page, as they are and compressed.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::commands::input::read_file;
use crate::failure::Failure;

/// A file of the page.
pub(super) struct File {
    path: &'static str,
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
    /// The same as gzip (RFC 1952).
    pub(super) packed: Vec<u8>,
}

/// The files of the page.
pub(super) struct Files(Vec<File>);

/// Each file with its content type.
const KNOWN: [(&str, &str); 2] =
    [("index.html", "text/html; charset=utf-8"), ("barewire.wasm", "application/wasm")];

impl Files {
    /// Those in this program.
    #[cfg(page)]
    pub(super) fn inside() -> Result<Files, Failure> {
        let page = include_bytes!("../../../../web/dist/index.html");
        let program = include_bytes!("../../../../web/dist/barewire.wasm");
        Ok(Files::of([page.to_vec(), program.to_vec()]))
    }

    /// Those in this program: it was built without any.
    #[cfg(not(page))]
    pub(super) fn inside() -> Result<Files, Failure> {
        let how =
            "`web/build.sh` builds it into web/dist; then build the program again, or serve --page web/dist";
        Err(Failure::new(
            crate::failure::Step::Usage,
            format!("this program was built without the page; {how}"),
        ))
    }

    /// Those in a folder.
    pub(super) fn in_folder(folder: &Path) -> Result<Files, Failure> {
        let [page, program] = KNOWN.map(|(name, _)| read_file(&folder.join(name)));
        Ok(Files::of([page?, program?]))
    }

    fn of(contents: [Vec<u8>; 2]) -> Files {
        let files = KNOWN.into_iter().zip(contents);
        Files(files.map(|((path, content_type), bytes)| File::new(path, content_type, bytes)).collect())
    }

    /// The file at a path: `/` is the page.
    pub(super) fn at(&self, path: &str) -> Option<&File> {
        let name = match path.strip_prefix('/')? {
            "" => "index.html",
            name => name,
        };
        self.0.iter().find(|file| file.path == name)
    }
}

impl File {
    fn new(path: &'static str, content_type: &'static str, bytes: Vec<u8>) -> File {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory cannot fail.
        let packed = packer.write_all(&bytes).and_then(|()| packer.finish()).unwrap_or_default();
        File { path, content_type, bytes, packed }
    }
}
