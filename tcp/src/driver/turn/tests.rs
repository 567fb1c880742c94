use std::sync::Mutex;
use std::time::Duration;

use super::Turns;

/// A thread that lets go and asks again at once comes after those that already waited.
#[test]
fn turns_are_in_the_order_of_asking() {
    for _ in 0..50 {
        let (turns, order) = (Turns::new(()), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            let first = turns.take();
            scope.spawn(|| {
                let _turn = turns.take();
                order.lock().unwrap().push("the one who waited");
            });
            while turns.counter.lock().unwrap().next_ticket < 2 {
                std::thread::yield_now();
            }
            drop(first);
            let _again = turns.take();
            order.lock().unwrap().push("the one who asked again");
        });
        assert_eq!(*order.lock().unwrap(), ["the one who waited", "the one who asked again"]);
    }
}

/// There is one lead. It makes room for a thread that leads from then on, and when that is gone, somebody else may.
#[test]
fn a_lead_makes_room() {
    let turns = Turns::new(());
    let first = turns.lead_alone(None);
    assert!(first.is_some() && turns.lead_alone(None).is_none());
    let second = turns.lead();
    assert!(turns.lead_alone(first).is_none());
    drop(second);
    assert!(turns.lead_alone(None).is_some());
}

/// Who waits for news hears of what has happened since its turn began, also before it has begun to wait.
#[test]
fn news_is_not_missed() {
    let turns = Turns::new(());
    let soon = Some(Duration::from_millis(20));
    drop(turns.take());
    assert!(!turns.look().wait_for_news(soon), "that was before");
    assert!(turns.take().wait_for_news(soon), "this turn has changed something");
    let turn = turns.look();
    drop(turns.lead());
    assert!(turn.wait_for_news(soon), "a lead has gone");
    std::thread::scope(|scope| {
        let turn = turns.look();
        scope.spawn(|| {
            drop(turns.look());
            drop(turns.take());
        });
        assert!(turn.wait_for_news(None));
    });
}
