use std::sync::Mutex;

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
