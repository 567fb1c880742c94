//! The walks of a resolver on the stage, for the program that shows them afterwards. Tested in `tests/cold.rs`.

use std::sync::{Arc, Mutex, PoisonError};

use barewire_dns::resolver::Trace;

/// How many walks are kept.
const MOST: usize = 100;

/// The decisions for each question that a resolver had to ask others about, in the order of the answers; the first
/// hundred. Clones are the same list.
#[derive(Debug, Clone, Default)]
pub struct Walks(Arc<Mutex<Vec<Trace>>>);

impl Walks {
    /// All walks that have ended.
    pub fn all(&self) -> Vec<Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds one, if anybody was asked.
    pub fn add(&self, trace: &Trace) {
        let mut walks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if walks.len() < MOST && trace.queries().next().is_some() {
            walks.push(trace.clone());
        }
    }
}
