//! How much memory a task holds: the system's allocator, counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes that this thread holds, the most that it held, and how often it asked for some.
    static HELD: Cell<(usize, usize, usize)> = const { Cell::new((0, 0, 0)) };
}

/// The system's memory, counted for each thread.
struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.with(|held| {
            let (now, most, asked) = held.get();
            let now = now + layout.size();
            held.set((now, most.max(now), asked + 1));
        });
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.with(|held| {
            let (now, most, asked) = held.get();
            held.set((now.saturating_sub(layout.size()), most, asked));
        });
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static MEMORY: Counting = Counting;

/// What `task` gives, and of the bytes beside those that were there before: how many it held at the most, how many it
/// still holds, and how often it asked for some.
pub(crate) fn measured<T>(task: impl FnOnce() -> T) -> (T, [usize; 3]) {
    let (before, _, asked) = HELD.with(|held| {
        let (now, _, asked) = held.get();
        held.replace((now, now, asked))
    });
    let result = task();
    let (now, most, asks) = HELD.with(Cell::get);
    (result, [most - before, now.saturating_sub(before), asks - asked])
}
