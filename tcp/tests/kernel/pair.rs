//! Two ends that need each other: when one of them has ended, the other may wait for ever.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use crate::process::Process;

/// As [`both_within`], and a pair that takes longer has failed.
pub(crate) fn wait_for_both(ends: &mut [Process; 2], words: &str, limit: Duration) -> [String; 2] {
    both_within(ends, words, limit).unwrap_or_else(|late| panic!("{late}"))
}

/// Waits until each of them has printed a line that contains `words`; gives both lines, or what both have said when the
/// time is over. One that has ended without its line has failed.
pub(crate) fn both_within(
    ends: &mut [Process; 2],
    words: &str,
    limit: Duration,
) -> Result<[String; 2], String> {
    let end = Instant::now() + limit;
    let mut found = [None, None];
    while found.iter().any(Option::is_none) {
        for at in 0..2 {
            if found[at].is_some() {
                continue;
            }
            let soon = end.min(Instant::now() + Duration::from_millis(50));
            match ends[at].look_for(words, soon) {
                Ok(line) => found[at] = Some(line),
                Err(RecvTimeoutError::Timeout) if soon < end => {}
                Err(why) => {
                    let said = format!("{}\n{}", ends[at].has_failed(words, why), ends[1 - at].has_said());
                    assert!(why == RecvTimeoutError::Timeout, "{said}");
                    return Err(said);
                }
            }
        }
    }
    Ok(found.map(Option::unwrap_or_default))
}
