#!/bin/bash
# The course is sound: a handout builds without a network; a panic and an endless loop in a student's code are failures with
# a sentence; each mutant is caught by a test of its crate. (That each exercise fails unsolved, and passes when its own piece
# alone is there, is a test: examples/tests/course.rs.)
set -euo pipefail
cd "$(dirname "$0")/.."

HANDOUTS=$(mktemp -d)
trap 'rm -rf "$HANDOUTS"' EXIT
REPORT=$HANDOUTS/report
# Handouts share a folder of their own for what is built.
TARGET=${CARGO_TARGET_DIR:-$PWD/target}/handouts
RUN=$TARGET/debug/course

# handout NAME [FLAG]: writes one.
handout() {
    local name=$1
    shift
    cargo run -q -p barewire --bin course -- handout "$HANDOUTS/$name" "$@"
}

# build NAME: compiles it, without a network.
build() {
    (cd "$HANDOUTS/$1" && CARGO_TARGET_DIR=$TARGET cargo build -q --offline -p barewire --bin course)
}

# grade NAME ID: checks an exercise, and keeps the report.
grade() {
    (cd "$HANDOUTS/$1" && "$RUN" grade "$2") >"$REPORT"
}

# wrong SENTENCE: ends with the report.
wrong() {
    echo "$1:" >&2
    cat "$REPORT" >&2
    exit 1
}

# Each bug that students are to find is caught by a test of its crate.
for layer in dns tcp tls http; do
    cargo run -q -p barewire --bin course -- mutants $layer --proof
done

# What students write: it panics, or it never ends.
handout student
FILE=$HANDOUTS/student/dns/src/name/wire.rs
cp "$FILE" "$HANDOUTS/as_handed_out"
tries=('panic!("no idea")' 'it broke off: .*no idea' 'loop {}' 'is there a loop without an end')
for ((i = 0; i < ${#tries[@]}; i += 2)); do
    sed "s/^\( *\)Ok(())$/\1${tries[i]}/" "$HANDOUTS/as_handed_out" >"$FILE"
    build student
    ! grade student dns01 || wrong "${tries[i]} passes"
    grep -q "${tries[i + 1]}" "$REPORT" || wrong "${tries[i]} is not said to be one"
    echo "a student's ${tries[i]}: a failure with a sentence"
done

# In a handout the tests of a student meet the reference, and not the student's code, which never ends here.
! (cd "$HANDOUTS/student" && CARGO_TARGET_DIR=$TARGET "$RUN" mutants dns) >"$REPORT" || wrong "one test kills six bugs"
grep -q '^the reference: 1 test passed' "$REPORT" || wrong "the reference of a handout is not right"
grep -q '^bug 6: survives; it breaks RFC 1035 §3.2.1' "$REPORT" || wrong "a bug that survives is not named"
echo "a handout scores tests with its reference"
