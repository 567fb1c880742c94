//! results.json as Gradescope's autograder documentation describes it ("Output format"): a table of the members, and a
//! check that a document has no other ones.

use serde_json::{Value, json};

use crate::captures::Failing;
use crate::course;

/// What the value of a member may be.
enum Form {
    Number,
    Text,
    NumberOrText,
    Object,
    OneOf(&'static [&'static str]),
    Texts,
    List(&'static [Member]),
}

use Form::{List, Number, NumberOrText, Object, OneOf, Text, Texts};

type Member = (&'static str, Form);

const FORMATS: Form = OneOf(&["text", "html", "simple_format", "md", "ansi"]);
const VISIBILITY: Form = OneOf(&["hidden", "after_due_date", "after_published", "visible"]);

const TOP: &[Member] = &[
    ("score", Number),
    ("execution_time", Number),
    ("output", Text),
    ("output_format", FORMATS),
    ("test_output_format", FORMATS),
    ("test_name_format", FORMATS),
    ("visibility", VISIBILITY),
    ("stdout_visibility", VISIBILITY),
    ("extra_data", Object),
    ("tests", List(TEST)),
    ("leaderboard", List(LEADERBOARD)),
];
const TEST: &[Member] = &[
    ("score", Number),
    ("max_score", Number),
    ("status", OneOf(&["passed", "failed"])),
    ("name", Text),
    ("name_format", FORMATS),
    ("number", Text),
    ("output", Text),
    ("output_format", FORMATS),
    ("tags", Texts),
    ("visibility", VISIBILITY),
    ("extra_data", Object),
];
const LEADERBOARD: &[Member] = &[("name", Text), ("value", NumberOrText), ("order", OneOf(&["asc", "desc"]))];

/// What is wrong with a document, a line each.
fn faults(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    object("results", document, TOP, &mut faults);
    let none = Vec::new();
    let tests = document["tests"].as_array().unwrap_or(&none);
    // "score: optional, but required if not on each test case"
    if document.get("score").is_none() && (tests.is_empty() || tests.iter().any(|t| t.get("score").is_none()))
    {
        faults.push("results have no score, and not every test has one".to_owned());
    }
    for (index, test) in tests.iter().enumerate() {
        let (score, most) = (test["score"].as_f64(), test["max_score"].as_f64());
        if score.zip(most).is_some_and(|(score, most)| !(0.0..=most).contains(&score)) {
            faults.push(format!("tests[{index}].score is {score:?}, of {most:?}"));
        }
    }
    faults
}

fn object(place: &str, value: &Value, members: &[Member], faults: &mut Vec<String>) {
    let Some(object) = value.as_object() else {
        return faults.push(format!("{place} is not an object: {value}"));
    };
    for (name, value) in object {
        let place = format!("{place}.{name}");
        match members.iter().find(|(known, _)| known == name) {
            None => faults.push(format!("{place} is not a member that is documented")),
            Some((_, form)) => member(&place, value, form, faults),
        }
    }
}

fn member(place: &str, value: &Value, form: &Form, faults: &mut Vec<String>) {
    let fits = match form {
        Number => value.is_number(),
        Text => value.is_string(),
        NumberOrText => value.is_number() || value.is_string(),
        Object => value.is_object(),
        OneOf(allowed) => value.as_str().is_some_and(|text| allowed.contains(&text)),
        Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
        List(members) => {
            let list = value.as_array();
            for (index, one) in list.into_iter().flatten().enumerate() {
                object(&format!("{place}[{index}]"), one, members, faults);
            }
            list.is_some()
        }
    };
    if !fits {
        faults.push(format!("{place} may not be {value}"));
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[test]
fn results_have_the_form_of_gradescope() {
    let (_, json) = course(&["grade", "--json"]);
    let results = parsed(&json);
    assert_eq!(faults(&results), Vec::<String>::new(), "{results:#}");
    let tests = results["tests"].as_array().expect("a list");
    assert!(tests.len() >= 12 && results["score"] == tests.len(), "{results:#}");
    for test in tests {
        let [score, most, status] = ["score", "max_score", "status"].map(|name| test[name].clone());
        assert_eq!([score, most, status], [json!(1), json!(1), json!("passed")], "{test}");
    }
}

/// Checks that fail have the same form: no point, and the whole report as output.
#[test]
fn results_of_failing_checks_have_it_too() {
    let failing = Failing::new();
    let (code, json) = failing.course(&["grade", "--json"]);
    let results = parsed(&json);
    assert_eq!((code, faults(&results)), (Some(1), Vec::new()), "{results:#}");
    assert_eq!(results["score"], 0, "{results:#}");
    let tests = results["tests"].as_array().expect("a list");
    assert_eq!(tests.len(), Failing::IDS.len(), "{results:#}");
    for test in tests {
        assert_eq!([&test["score"], &test["status"]], [&json!(0), &json!("failed")], "{test}");
        let output = test["output"].as_str().expect("text");
        assert!(output.contains("***") && output.contains("capture: "), "{output}");
    }
}

/// Each of these is refused, so the check above can fail.
#[test]
fn other_documents_are_refused() {
    let wrong = [
        (json!([]), "results is not an object: []"),
        (json!({}), "results have no score, and not every test has one"),
        (json!({ "tests": [] }), "results have no score, and not every test has one"),
        (
            json!({ "tests": [{ "score": 1 }, { "name": "b" }] }),
            "results have no score, and not every test has one",
        ),
        (json!({ "score": "1" }), "results.score may not be \"1\""),
        (json!({ "score": 1, "points": 1 }), "results.points is not a member that is documented"),
        (json!({ "score": 1, "visibility": "public" }), "results.visibility may not be \"public\""),
        (json!({ "score": 1, "output_format": "markdown" }), "results.output_format may not be \"markdown\""),
        (json!({ "score": 1, "tests": {} }), "results.tests may not be {}"),
        (json!({ "tests": [{ "score": 2, "max_score": 1 }] }), "tests[0].score is Some(2.0), of Some(1.0)"),
        (json!({ "tests": [{ "score": -1, "max_score": 1 }] }), "tests[0].score is Some(-1.0), of Some(1.0)"),
        (json!({ "tests": [{ "score": 1, "status": "ok" }] }), "results.tests[0].status may not be \"ok\""),
        (json!({ "tests": [{ "score": 1, "number": 1 }] }), "results.tests[0].number may not be 1"),
        (json!({ "tests": [{ "score": 1, "tags": "a" }] }), "results.tests[0].tags may not be \"a\""),
        (
            json!({ "tests": [{ "score": 1, "log": "" }] }),
            "results.tests[0].log is not a member that is documented",
        ),
        (json!({ "tests": ["a"], "score": 1 }), "results.tests[0] is not an object: \"a\""),
    ];
    for (document, fault) in wrong {
        assert_eq!(faults(&document).first().map(String::as_str), Some(fault), "{document}");
    }
    // The example of the documentation, shortened.
    let right = json!({
        "score": 44.0, "execution_time": 136, "output": "Text", "output_format": "simple_format",
        "test_output_format": "text", "test_name_format": "text", "visibility": "after_due_date",
        "stdout_visibility": "visible", "extra_data": {},
        "tests": [{ "score": 2.0, "max_score": 2.0, "status": "passed", "name": "Your name here", "name_format": "text",
                    "number": "1.1", "output": "Giant", "output_format": "text", "tags": ["tag1"],
                    "visibility": "visible", "extra_data": {} }],
        "leaderboard": [{ "name": "Accuracy", "value": 0.926 }, { "name": "Time", "value": 15.1, "order": "asc" }],
    });
    assert_eq!(faults(&right), Vec::<String>::new());
}
