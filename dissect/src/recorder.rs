//! The recorder: what [`field`](crate::field) talks to while [`record`] listens.
//!
//! Positions are found by comparing the input slice's address with the recorded buffer's, so a
//! parser stays a plain function from `&[u8]`, and never carries an offset.
//!
//! # What a name costs when nobody listens
//!
//! Two loads and two branches; `bench` measures what they take. Parsers run all day and are recorded seldom, so four
//! things are built for that case:
//!
//! * [`RECORDINGS`] counts the recordings of all threads. While it is zero, nothing else is looked at. A thread-local
//!   would do as well, but reaching it is a function call in a library, until the linker knows better.
//! * [`LISTENING`] belongs to the thread, and decides once the count is not zero: what one thread records, another
//!   thread does not see. It pays a call for each name meanwhile.
//! * The count is read before a parser runs and again after it. To keep the first answer looks cheaper, but then the
//!   compiler makes two copies of the call, one for each answer. It inlines a parser that is called in one place, and
//!   of two copies it inlines neither; their results then go through memory.
//! * All that records is `#[cold]` and gets plain values, never the address of the parser or of its name, so those
//!   need no place in memory.
//!
//! Tested in `tests/recording.rs` and `tests/tree.rs`.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::tree::{Kind, Node, Tree};

/// How many recordings run, in all threads together. `Relaxed` is enough: it tells a thread only whether to look at its
/// own [`LISTENING`], and a thread always sees the recordings that it began itself.
static RECORDINGS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    static RECORDERS: RefCell<Vec<Recorder>> = const { RefCell::new(Vec::new()) };
}

struct Recorder {
    /// Addresses of the recorded buffer, its end included.
    buffer: Range<usize>,
    /// Nodes opened and not yet closed, outermost first. The first one stands for the buffer.
    open: Vec<Node>,
    /// How many names are open that read another buffer. While there are any, nothing is noted.
    elsewhere: usize,
}

/// Runs `read` and returns, beside its result, the tree of the fields it read from `bytes`.
///
/// Fields read from other buffers are not noted; to show those as well (a decrypted record, say)
/// record each buffer on its own. Calls may nest: the innermost recording takes the fields.
pub fn record<T>(bytes: &[u8], read: impl FnOnce() -> T) -> (T, Tree) {
    let start = bytes.as_ptr() as usize;
    let recorder =
        Recorder { buffer: start..start + bytes.len(), open: vec![Node::new("", "")], elsewhere: 0 };
    RECORDERS.with_borrow_mut(|stack| stack.push(recorder));
    let counted = Counted::new();
    let listening = Restore(LISTENING.replace(true));
    let mut unwinding = PopOnPanic { armed: true };
    let result = read();
    unwinding.armed = false;
    drop((listening, counted));
    let root = RECORDERS.with_borrow_mut(|stack| stack.pop()).and_then(|mut recorder| recorder.open.pop());
    let nodes = root.map(|root| root.children).unwrap_or_default();
    (result, Tree { len: bytes.len(), nodes })
}

/// Runs `read` with the recorder deaf: for bytes that a parser visits again (a compressed name
/// that points back) and that already have their place in the tree.
#[inline]
pub fn unrecorded<T>(read: impl FnOnce() -> T) -> T {
    let _restored = listening().then(turn_deaf);
    read()
}

#[cold]
#[inline(never)]
fn turn_deaf() -> Restore {
    Restore(LISTENING.replace(false))
}

/// Whether a [`record`] is listening on this thread.
#[inline]
pub fn listening() -> bool {
    somebody_listens() && this_thread_listens()
}

/// Whether a [`record`] is listening on any thread.
#[inline(always)]
pub(crate) fn somebody_listens() -> bool {
    RECORDINGS.load(Ordering::Relaxed) != 0
}

#[cold]
#[inline(never)]
fn this_thread_listens() -> bool {
    LISTENING.get()
}

/// One recording in the count, until it ends, also by a panic.
struct Counted;

impl Counted {
    fn new() -> Counted {
        RECORDINGS.fetch_add(1, Ordering::Relaxed);
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        RECORDINGS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Puts the flag back when a recording ends, also by a panic.
struct Restore(bool);

impl Drop for Restore {
    fn drop(&mut self) {
        LISTENING.set(self.0);
    }
}

struct PopOnPanic {
    armed: bool,
}

impl Drop for PopOnPanic {
    fn drop(&mut self) {
        if self.armed {
            RECORDERS.with_borrow_mut(|stack| stack.pop());
        }
    }
}

/// Gives `act` the innermost recorder, if this thread listens.
fn with(act: impl FnOnce(&mut Recorder)) {
    if LISTENING.get() {
        RECORDERS.with_borrow_mut(|stack| stack.last_mut().map(act));
    }
}

impl Recorder {
    /// Where `input` starts within the recorded buffer, if it lies there.
    fn offset_of(&self, input: &[u8]) -> Option<usize> {
        let at = input.as_ptr() as usize;
        let inside = self.buffer.start <= at && at + input.len() <= self.buffer.end;
        inside.then(|| at - self.buffer.start)
    }

    /// The open node that a note belongs to: none while another buffer is read.
    fn innermost(&mut self) -> Option<&mut Node> {
        self.open.last_mut().filter(|_| self.elsewhere == 0)
    }

    /// Takes the innermost open name away; none if that name reads another buffer.
    fn take_innermost(&mut self) -> Option<Node> {
        if self.elsewhere > 0 {
            self.elsewhere -= 1;
            return None;
        }
        self.open.pop()
    }

    fn add(&mut self, node: Node) {
        if let Some(parent) = self.innermost() {
            parent.children.push(node);
        }
    }
}

/// Opens a node where `input` starts.
#[cold]
#[inline(never)]
pub(crate) fn open(name: &'static str, comment: &'static str, input: &[u8]) {
    with(|recorder| match recorder.offset_of(input) {
        Some(at) if recorder.elsewhere == 0 => {
            let mut node = Node::new(name, comment);
            node.range = at..at;
            recorder.open.push(node);
        }
        _ => recorder.elsewhere += 1,
    });
}

/// Closes the innermost node where `rest` starts.
#[cold]
#[inline(never)]
pub(crate) fn close(rest: &[u8]) {
    end(Some(rest), None);
}

/// Closes the innermost node where `rest` starts, and gives it a value.
pub(crate) fn close_with(rest: &[u8], value: String) {
    end(Some(rest), Some(value));
}

/// Closes the innermost node, whose parser failed.
#[cold]
#[inline(never)]
pub(crate) fn close_failed() {
    end(None, None);
}

/// Ends the innermost node where `rest` starts. `None`: its parser failed, so the node ends with the last field it did
/// read, and is dropped if there was none.
#[cold]
#[inline(never)]
pub(crate) fn end(rest: Option<&[u8]>, value: Option<String>) {
    with(|recorder| {
        let Some(mut node) = recorder.take_innermost() else { return };
        match rest.and_then(|rest| recorder.offset_of(rest)) {
            Some(end) => node.range.end = end.max(node.range.start),
            None => {
                let last = node.children.iter().rfind(|child| child.kind == Kind::Bytes);
                let Some(last) = last else { return };
                node.range.end = last.range.end;
                node.complete = false;
            }
        }
        if value.is_some() {
            node.value = value;
        }
        recorder.add(node);
    });
}

/// Adds a finished node that has no bytes of its own to the innermost open one.
#[cold]
#[inline(never)]
pub(crate) fn note(name: &'static str, comment: &'static str, value: String, kind: Kind) {
    with(|recorder| {
        let Some(at) = recorder.innermost().map(|parent| parent.range.start) else { return };
        let mut node = Node::new(name, comment);
        node.range = at..at;
        node.value = Some(value);
        node.kind = kind;
        recorder.add(node);
    });
}

/// Gives the innermost open node a value.
#[cold]
#[inline(never)]
pub(crate) fn set_value(value: String) {
    with(|recorder| {
        // The outermost node stands for the whole buffer and is never shown.
        if recorder.open.len() > 1
            && let Some(node) = recorder.innermost()
        {
            node.value = Some(value);
        }
    });
}
