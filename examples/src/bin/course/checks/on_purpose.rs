//! Checks that fail on purpose, in each of the ways in which a student's code can fail. They stand in for a handout in
//! the tests of this program, where all exercises are solved. (An endless loop takes the whole limit, so that one is
//! tried in `.ci/course.sh`.)

use barewire_dissect::Direction::{ToClient, ToServer};
use rand_core::Rng;

use crate::steps::{Failed, Steps};

const RULE: &str = "RFC 9110 §15.5.19";

/// A DNS exchange, and then the beginning of an HTTP exchange. Among them are steps that went well.
fn begin(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("ask for www.example.test");
    let id = (steps.rng().next_u32() as u16).to_be_bytes();
    let question = b"\x03www\x07example\x04test\0\0\x01\0\x01";
    steps.datagram(ToServer, &[&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0], question].concat());
    let record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2c, 0, 4, 203, 0, 113, 80];
    steps.datagram(ToClient, &[&id[..], &[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], question, &record].concat());
    steps.equal("it is taken", true, true, RULE)?;
    steps.step("try a connection, as one of many");
    steps.connect(80);
    steps.send(ToServer, b"GET /tried HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    steps.forget();
    steps.step("fetch a page");
    steps.connect(80);
    steps.send_around(ToServer, b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    steps.send(ToClient, b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 5\r\n\r\n");
    steps.send(ToClient, b"short");
    Ok(())
}

/// What was got is not what was wanted.
pub(crate) fn fails(steps: &mut Steps) -> Result<(), Failed> {
    begin(steps)?;
    steps.equal("the status", 200, 418, RULE)
}

/// The same, before anything went over the wire.
pub(crate) fn fails_early(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("do nothing");
    steps.equal("the bytes", vec![0xc0, 0x0c], vec![0xc0], RULE)
}

/// The student's code panics.
pub(crate) fn panics(steps: &mut Steps) -> Result<(), Failed> {
    begin(steps)?;
    panic!("no idea");
}

/// The process is gone from one moment to the next, as when its stack has no more room.
pub(crate) fn aborts(steps: &mut Steps) -> Result<(), Failed> {
    begin(steps)?;
    std::process::abort();
}

/// The student's code ends the process, as if all were well.
pub(crate) fn exits(steps: &mut Steps) -> Result<(), Failed> {
    begin(steps)?;
    std::process::exit(0);
}
