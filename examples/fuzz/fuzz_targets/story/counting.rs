//! An allocator that counts: how much is held, the most that was held, and all that was ever asked for. The last stands
//! for work: who goes through a list again and again to make text of it shows there.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
static ASKED: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Counting;

/// What a piece of work allocated, in bytes.
#[derive(Debug)]
pub(crate) struct Spent {
    /// The most that was held at one time, beyond what was held before.
    pub(crate) most: usize,
    /// All that was asked for.
    pub(crate) asked: usize,
}

pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (held, asked) = (HELD.load(Relaxed), ASKED.load(Relaxed));
    MOST.store(held, Relaxed);
    let result = work();
    let most = MOST.load(Relaxed).saturating_sub(held);
    (result, Spent { most, asked: ASKED.load(Relaxed) - asked })
}

fn more(size: usize) {
    ASKED.fetch_add(size, Relaxed);
    MOST.fetch_max(HELD.fetch_add(size, Relaxed) + size, Relaxed);
}

fn less(size: usize) {
    HELD.fetch_sub(size, Relaxed);
}

// SAFETY: all is done by the system's allocator, and counted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        less(layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size);
        less(layout.size());
        unsafe { System.realloc(pointer, layout, size) }
    }
}
