//! The recorder: what [`field`](crate::field) talks to while [`record`] listens.
//!
//! One flag per thread says whether anybody listens. When nobody does, a named field costs a
//! load and a branch; the recording itself is kept out of the way in `#[cold]` functions.
//! Positions are found by comparing the input slice's address with the recorded buffer's, so a
//! parser stays a plain function from `&[u8]`, and never carries an offset.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use crate::tree::{Kind, Node, Tree};

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    static RECORDERS: RefCell<Vec<Recorder>> = const { RefCell::new(Vec::new()) };
}

struct Recorder {
    /// Addresses of the recorded buffer, its end included.
    buffer: Range<usize>,
    /// Nodes opened and not yet closed, outermost first. The first one stands for the buffer.
    open: Vec<Node>,
}

/// Runs `read` and returns, beside its result, the tree of the fields it read from `bytes`.
///
/// Fields read from other buffers are not noted; to show those as well (a decrypted record, say)
/// record each buffer on its own. Calls may nest: the innermost recording takes the fields.
pub fn record<T>(bytes: &[u8], read: impl FnOnce() -> T) -> (T, Tree) {
    let start = bytes.as_ptr() as usize;
    let recorder = Recorder { buffer: start..start + bytes.len(), open: vec![Node::new("", "")] };
    RECORDERS.with_borrow_mut(|stack| stack.push(recorder));
    let listening = Restore(LISTENING.replace(true));
    let mut unwinding = PopOnPanic { armed: true };
    let result = read();
    unwinding.armed = false;
    drop(listening);
    let root = RECORDERS.with_borrow_mut(|stack| stack.pop()).and_then(|mut recorder| recorder.open.pop());
    let nodes = root.map(|root| root.children).unwrap_or_default();
    (result, Tree { len: bytes.len(), nodes })
}

/// Runs `read` with the recorder deaf: for bytes that a parser visits again (a compressed name
/// that points back) and that already have their place in the tree.
pub fn unrecorded<T>(read: impl FnOnce() -> T) -> T {
    let _restored = Restore(LISTENING.replace(false));
    read()
}

/// Whether a [`record`] is listening on this thread.
#[inline]
pub fn listening() -> bool {
    LISTENING.get()
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

fn with<T>(act: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    RECORDERS.with_borrow_mut(|stack| stack.last_mut().map(act))
}

impl Recorder {
    /// Where `input` starts within the recorded buffer, if it lies there.
    fn offset_of(&self, input: &[u8]) -> Option<usize> {
        let at = input.as_ptr() as usize;
        let inside = self.buffer.start <= at && at + input.len() <= self.buffer.end;
        inside.then(|| at - self.buffer.start)
    }
}

/// Opens a node where `input` starts. `false`: the input is not in the recorded buffer, and
/// nothing was opened.
#[cold]
pub(crate) fn open(name: &'static str, comment: &'static str, input: &[u8]) -> bool {
    with(|recorder| {
        let Some(at) = recorder.offset_of(input) else { return false };
        let mut node = Node::new(name, comment);
        node.range = at..at;
        recorder.open.push(node);
        true
    })
    .unwrap_or(false)
}

/// Closes the innermost node where `rest` starts. `None`: its parser failed, so the node ends
/// with the last field it did read, and is dropped if there was none.
#[cold]
pub(crate) fn close(rest: Option<&[u8]>, value: Option<String>) {
    with(|recorder| {
        let Some(mut node) = recorder.open.pop() else { return };
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
        if let Some(parent) = recorder.open.last_mut() {
            parent.children.push(node);
        }
    });
}

/// Adds a finished node that has no bytes of its own to the innermost open one.
#[cold]
pub(crate) fn note(name: &'static str, comment: &'static str, value: String, kind: Kind) {
    with(|recorder| {
        let Some(parent) = recorder.open.last_mut() else { return };
        let mut node = Node::new(name, comment);
        node.range = parent.range.start..parent.range.start;
        node.value = Some(value);
        node.kind = kind;
        parent.children.push(node);
    });
}

/// Gives the innermost open node a value.
#[cold]
pub(crate) fn set_value(value: String) {
    with(|recorder| {
        // The outermost node stands for the whole buffer and is never shown.
        if recorder.open.len() > 1
            && let Some(node) = recorder.open.last_mut()
        {
            node.value = Some(value);
        }
    });
}
