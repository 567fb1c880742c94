#!/bin/bash
# The course is sound: each mutant is caught by a test of its crate; a handout builds without a network; what fails in it
# leaves a capture, or says that the check has no packets; a panic and an endless loop in a student's code are failures with
# a sentence; a student's tests are scored with the reference, which also makes and reads captures. (That each exercise fails unsolved, and passes when its own
# piece alone is there, is a test: examples/tests/course.rs.)
set -euo pipefail
cd "$(dirname "$0")/.."

FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
HANDOUT=$FOLDER/handout
REPORT=$FOLDER/report
# A handout has a folder of its own for what is built. The crates of others are taken from where they were built already
# (cargo 1.91 and later); to cargo those of the handout are packages of their own, by their version.
TARGET=$(realpath "${CARGO_TARGET_DIR:-target}")/handout
BUILD=$(dirname "$TARGET")

# course ARGUMENTS: runs the course here.
course() {
    cargo run -q -p barewire --bin course -- "$@"
}

# build: compiles the handout, without a network.
build() {
    (cd "$HANDOUT" && CARGO_TARGET_DIR=$TARGET CARGO_BUILD_BUILD_DIR=$BUILD cargo build -q --offline -p barewire --bin course)
}

# student ARGUMENTS: runs the course of the handout, and keeps the report.
student() {
    (cd "$HANDOUT" && CARGO_BUILD_BUILD_DIR=$BUILD "$TARGET/debug/course" "$@") >"$REPORT"
}

# wrong SENTENCE: ends with the report.
wrong() {
    echo "$1:" >&2
    cat "$REPORT" >&2
    exit 1
}

# leaves ID: the report names a capture, and it is there; or the check has no packets.
leaves() {
    grep -q '^  capture: none: this check has no packets$' "$REPORT" && return
    grep -q "^  capture: target/course/$1.pcapng, " "$REPORT" || wrong "$1 does not say where its capture lies"
    [ -s "$HANDOUT/target/course/$1.pcapng" ] || wrong "the capture of $1 is not there"
    CAPTURES=$((CAPTURES + 1))
}
CAPTURES=0

for layer in dns tcp tls http; do
    course mutants $layer --proof
done

# What is handed out: each exercise is open.
course handout "$HANDOUT"
build
student list
IDS=$(sed -n 's/^open  \([a-z0-9]*\)  .*/\1/p' "$REPORT")
for id in $IDS; do
    ! student grade "$id" || wrong "$id passes as it is handed out"
    leaves "$id"
done
[ "$CAPTURES" -ge 9 ] || { echo "only $CAPTURES exercises leave a capture" >&2; exit 1; }
echo "a handout: $(wc -w <<<"$IDS") open exercises, $CAPTURES with a capture"

# What students write: it panics, it never ends, or it ends the program.
FILE=$HANDOUT/dns/src/name/wire.rs
cp "$FILE" "$FOLDER/as_handed_out"
tries=(
    'panic!("no idea")' 'it broke off: .*no idea'
    'loop {}' 'is there a loop without an end'
    'std::process::exit(0)' 'it ended before the check did'
)
for ((i = 0; i < ${#tries[@]}; i += 2)); do
    sed "s/^\( *\)Ok(())$/\1${tries[i]}/" "$FOLDER/as_handed_out" >"$FILE"
    build
    ! student grade dns01 || wrong "${tries[i]} passes"
    grep -q "${tries[i + 1]}" "$REPORT" || wrong "${tries[i]} is not said to be one"
    grep -q '^  1. read a message' "$REPORT" || wrong "${tries[i]}: the steps up to it are lost"
    leaves dns01
    echo "a student's ${tries[i]}: a failure with a sentence"
done

# The tests of a student meet the reference, and not the student's code, which is broken here.
! student mutants dns || wrong "one test kills all bugs"
grep -q '^the reference: 1 test passed' "$REPORT" || wrong "the reference of a handout is not right"
grep -q '^bug 6: survives; it breaks RFC 1035 §3.2.1' "$REPORT" || wrong "a bug that survives is not named"
echo "a handout scores tests with its reference"

# Traces are made and captures are read by right code, too: the questions are those that the teacher has.
for layer in dns tcp; do
    course trace $layer --student ada --to "$FOLDER/trace.pcapng" >"$FOLDER/questions"
    student trace $layer --student ada --to "$FOLDER/trace.pcapng" || wrong "a student gets no trace of $layer"
    diff "$FOLDER/questions" "$REPORT" || wrong "a student is asked something else"
done
student show "$FOLDER/trace.pcapng" -v || wrong "a student cannot open a capture"
grep -q 'retransmission' "$REPORT" || wrong "the capture is not drawn"
echo "a handout makes and reads captures with right code"
