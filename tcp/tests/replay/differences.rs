//! Two lists of segments, and the fewest that must go or come to make the one the other.

use super::line::Sent;

/// The differences, in order: segments that only the kernel has sent, and segments that only we have sent.
pub(crate) fn between(kernel: &[Sent], ours: &[Sent]) -> Vec<String> {
    let common = common(kernel, ours);
    let (mut k, mut o) = (0, 0);
    let mut found = Vec::new();
    while k < kernel.len() || o < ours.len() {
        if k < kernel.len() && o < ours.len() && kernel[k].is_same(&ours[o]) {
            (k, o) = (k + 1, o + 1);
        } else if o == ours.len() || k < kernel.len() && common[k + 1][o] >= common[k][o + 1] {
            found.push(kernel[k].to_string());
            k += 1;
        } else {
            found.push(ours[o].to_string());
            o += 1;
        }
    }
    found
}

/// How many segments the rests from `k` and `o` on have in common, in order.
fn common(kernel: &[Sent], ours: &[Sent]) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; ours.len() + 1]; kernel.len() + 1];
    for k in (0..kernel.len()).rev() {
        for o in (0..ours.len()).rev() {
            table[k][o] = match kernel[k].is_same(&ours[o]) {
                true => table[k + 1][o + 1] + 1,
                false => table[k + 1][o].max(table[k][o + 1]),
            };
        }
    }
    table
}

#[test]
fn the_fewest_segments_are_named() {
    let list = |text: &str, is_kernel: bool| {
        let sent = |(number, word): (usize, &str)| {
            let (line, time) = word.split_once('@').unwrap_or((word, "0"));
            let time = std::time::Duration::from_millis(time.parse().unwrap());
            Sent { frame: is_kernel.then_some(number), time, line: line.to_owned() }
        };
        (1..).zip(text.split(' ')).map(sent).collect::<Vec<_>>()
    };
    let found = |ours: &str| between(&list("a b c d", true), &list(ours, false));
    assert_eq!(found("a b c d@8"), Vec::<String>::new());
    assert_eq!(found("a x c d y"), ["kernel 2 at 0.000: b", "ours at 0.000: x", "ours at 0.000: y"]);
    assert_eq!(found("b c"), ["kernel 1 at 0.000: a", "kernel 4 at 0.000: d"]);
    assert_eq!(found("a b c d@9"), ["kernel 4 at 0.000: d", "ours at 0.009: d"]);
}
