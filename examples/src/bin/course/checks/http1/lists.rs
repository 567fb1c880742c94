//! http06: the elements of a list, over all fields of a name.

use barewire_http1::Headers;

use crate::steps::{Failed, Steps};

const LISTS: &str = "RFC 9110 §5.6.1.2";
const QUOTES: &str = "RFC 9110 §5.6.4";
const COMMAS: &str = "RFC 9110 §5.5";
const SEVERAL: &str = "RFC 9110 §5.3";

/// http06: lists.
pub(crate) fn lists(steps: &mut Steps) -> Result<(), Failed> {
    // The first six are the examples of §5.6.1.2, the next two those of §5.5.
    let values: [(&[&str], &[&str], &'static str); 16] = [
        (&["foo,bar"], &["foo", "bar"], LISTS),
        (&["foo ,bar,"], &["foo", "bar"], LISTS),
        (&["foo , ,bar,charlie"], &["foo", "bar", "charlie"], LISTS),
        (&[""], &[], LISTS),
        (&[","], &[], LISTS),
        (&[",   ,"], &[], LISTS),
        (
            &["\"http://example.com/a.html,foo\", \"http://without-a-comma.example.com/\""],
            &["\"http://example.com/a.html,foo\"", "\"http://without-a-comma.example.com/\""],
            COMMAS,
        ),
        (
            &["\"Sat, 04 May 1996\", \"Wed, 14 Sep 2005\""],
            &["\"Sat, 04 May 1996\"", "\"Wed, 14 Sep 2005\""],
            COMMAS,
        ),
        (&["a\t,\t b"], &["a", "b"], LISTS),
        (&["a b, c"], &["a b", "c"], LISTS),
        (&["a", "b, c"], &["a", "b", "c"], SEVERAL),
        (&["a,", ", b"], &["a", "b"], SEVERAL),
        (&["x=\"1,2\", y"], &["x=\"1,2\"", "y"], QUOTES),
        (&["x=\"1\\\",2\", y"], &["x=\"1\\\",2\"", "y"], QUOTES),
        (&["x=\"1\\\\\",2"], &["x=\"1\\\\\"", "2"], QUOTES),
        (&["\"\", \",\", a"], &["\"\"", "\",\"", "a"], QUOTES),
    ];
    for (fields, wanted, rule) in values {
        steps.step(format!("the fields of a name have the values {fields:?}"));
        let mut headers = Headers::new();
        fields.iter().for_each(|value| headers.push("Example", *value));
        let got = format!("{:?}", headers.list("example"));
        steps.equal("their elements", format!("{wanted:?}"), got, rule)?;
    }
    steps.step("Connection has the value `x=\"close\", \"a, close, b\"`");
    let mut headers = Headers::new();
    headers.push("Connection", "x=\"close\", \"a, close, b\"");
    let got = headers.has("Connection", "close");
    steps.equal("close is one of its elements", false, got, QUOTES)
}
