//! Gradescope's results.json, in the form of its autograder documentation: one point for each thing that is right.
//! Checked in `tests/course/gradescope.rs`.

use std::time::Duration;

use serde_json::{Value, json};

/// One thing that is right or not.
pub(crate) struct Point {
    pub(crate) name: String,
    pub(crate) is_earned: bool,
    /// What the student reads about it.
    pub(crate) says: String,
}

/// The document.
pub(crate) fn results(points: &[Point], took: Duration) -> Value {
    let test = |Point { name, is_earned, says }: &Point| {
        json!({
            "name": name,
            "score": u8::from(*is_earned),
            "max_score": 1,
            "status": if *is_earned { "passed" } else { "failed" },
            "output": says,
        })
    };
    json!({
        "score": points.iter().filter(|point| point.is_earned).count(),
        "execution_time": took.as_secs_f64(),
        "tests": points.iter().map(test).collect::<Vec<_>>(),
    })
}
