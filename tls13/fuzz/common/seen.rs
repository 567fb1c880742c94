//! What holds for everything that an observer tells.

use barewire_tls13::observe::{Inner, Observer, Seen};

/// Checks a record that begins at `end`, the end of the one before it in its direction.
pub fn check(observer: &Observer, seen: &Seen, end: &mut u64) {
    assert_eq!((seen.range.start, seen.range.end - seen.range.start), (*end, seen.bytes.len() as u64));
    *end = seen.range.end;
    assert!(observer.held() <= Observer::MAX_HELD, "{} bytes are held", observer.held());
    let (result, tree) = seen.dissect();
    match result {
        Ok(()) => tree.check_coverage().unwrap(),
        Err(refused) => assert!(refused.offset <= seen.bytes.len(), "{refused}"),
    }
    if let Some((result, tree)) = seen.opened_tree() {
        match result {
            Ok(()) => tree.check_coverage().unwrap(),
            Err(refused) => assert!(refused.offset <= seen.bytes.len(), "{refused}"),
        }
    }
    let content = seen.content().map_or(0, |(_, content)| content.len());
    assert!(seen.continues <= content || !matches!(seen.inner, Inner::Plain | Inner::Opened { .. }));
    // The sentences can be made.
    seen.messages.iter().for_each(|message| drop(message.to_string()));
    seen.sealed().into_iter().for_each(|why| drop(why.to_string()));
    observer.states().iter().for_each(|state| drop(state.to_string()));
}
