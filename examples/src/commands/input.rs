//! Captures from files and pipes: opened, decompressed, read, with a line on the terminal that tells how far it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use barewire_dissect::Refused;
use barewire_packet::capture::{Error, Frame, Next, Reader, Reason};

use super::gunzip::{Gunzip, MAGIC};
use super::progress::{Progress, share};
use crate::failure::{Failure, Step};
use crate::story::{Config, Reading, SceneReader, Story};
use crate::views::count;

/// The most that is read at once: all of it is kept in memory, and a device might have no end.
const MOST: u64 = 1 << 30;

/// Reads the whole of a small file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).and_then(|file| bounded(file, MOST));
    file.map_err(|error| unreadable(path, &error))
}

/// Reads the whole of a file, or of standard input for `-`.
pub(super) fn read_all(path: &Path) -> Result<Vec<u8>, Failure> {
    read_at_most(path, MOST)
}

/// The same, with another bound in bytes.
pub(super) fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let read = match path == Path::new("-") {
        true => bounded(io::stdin(), most),
        false => File::open(path).and_then(|file| bounded(file, most)),
    };
    read.map_err(|error| unreadable(path, &error))
}

fn bounded(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if from.take(most + 1).read_to_end(&mut bytes)? as u64 > most {
        return Err(io::Error::other(format!("there are more than {most} bytes in it")));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    Failure::new(Step::Input, format!("{name}: {error}"))
}

/// Reads a capture to its end, or as far as it can be read; [`Story::tally`] then says where it broke off. The capture
/// may be gzipped, and `-` is standard input. A file with several capture points is read as if it had one.
///
/// # Errors
/// [`Failure`]: a file that cannot be read, or whose first bytes are not those of a capture.
pub fn read_story(path: &Path, config: Config) -> Result<Story, Failure> {
    Ok(match read(path, SceneReader::of_one(config))? {
        Reading::Story(story) => *story,
        Reading::Scene(scene) => scene.lost,
    })
}

/// The same for a file that may have several capture points: all of them, or those that are called `at`.
pub(super) fn read_reading(path: &Path, config: Config, at: &[String]) -> Result<Reading, Failure> {
    read(path, SceneReader::new(config, at))
}

/// Frames between two looks at the clock.
const EVERY: u64 = 1024;

fn read(path: &Path, mut story: SceneReader) -> Result<Reading, Failure> {
    let (source, size) = open(path)?;
    let mut reader = Reader::new(source);
    let mut progress = Progress::new();
    let mut frame = Frame::default();
    let cut = loop {
        match reader.read_into(&mut frame) {
            Ok(Next::Frame) => {
                story.frame(reader.interfaces(), &frame);
                // A look at the clock costs more than a frame.
                if reader.frames_read().is_multiple_of(EVERY) {
                    let read = reader.bytes_read();
                    progress.show(|| format!("{} bytes read{}", count(read), share(read, size)));
                }
            }
            Ok(Next::Secrets(lines)) => story.secrets(&lines),
            Ok(Next::End) => break None,
            Err(error) => break Some(why_it_ends(path, error, reader.frames_read())?),
        }
    };
    drop(progress);
    let reading = story.finish(reader.end(), cut);
    reading.map_err(|unknown| Failure::new(Step::Usage, format!("{}: {unknown}", path.display())))
}

/// Why a file that was begun ends before its end. That it cannot be read at all, or is not a capture, is a failure.
pub(super) fn why_it_ends(path: &Path, error: Error, frames: u64) -> Result<String, Failure> {
    match error {
        // An error that is not the system's is the decompressor's: the file breaks off.
        Error::Io(error) if frames > 0 || error.raw_os_error().is_none() => Ok(error.to_string()),
        Error::Io(error) => Err(unreadable(path, &error)),
        Error::Refused(refused) => match refused.reason {
            Reason::NotACapture => {
                Err(not_a_capture(path, &refused, "dissect --layer names the bytes of other files"))
            }
            Reason::Compressed => {
                Err(not_a_capture(path, &refused, "it was unpacked once, and was packed twice"))
            }
            _ => Ok(refused.to_string()),
        },
    }
}

fn not_a_capture(path: &Path, refused: &Refused<Reason>, hint: &str) -> Failure {
    let mut failure = Failure::lesson(Step::Input, refused);
    failure.message = format!("{}: {failure}; {hint}", path.display());
    failure
}

/// The bytes of a capture, and how many there are, where that is known. Gzip is undone on the way.
pub(super) fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), Failure> {
    let (mut source, size): (Box<dyn BufRead>, _) = if path == Path::new("-") {
        (Box::new(BufReader::with_capacity(1 << 16, io::stdin())), None)
    } else {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let size = file.metadata().ok().map(|about| about.len());
        (Box::new(BufReader::with_capacity(1 << 16, file)), size)
    };
    let start = source.fill_buf().map_err(|error| unreadable(path, &error))?;
    match start.starts_with(&MAGIC) {
        true => Ok((Box::new(Gunzip::new(source)), None)),
        false => Ok((Box::new(source), size)),
    }
}
