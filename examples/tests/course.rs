//! The course: each exercise is solved here, fails unsolved, and passes when its own piece alone is there; a handout
//! hides what it must. (That a handout builds, that grading survives what students write, and that each mutant is
//! caught: `.ci/course.sh`.)

#[path = "course/captures.rs"]
mod captures;
mod common;
#[path = "course/gradescope.rs"]
mod gradescope;
#[path = "live/need.rs"]
mod need;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use barewire_packet::capture::Capture;
use common::TempFolder;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Runs the course: its exit code, and what it says.
fn course(arguments: &[&str]) -> (Option<i32>, String) {
    course_in(&root(), arguments)
}

/// The same in another workspace.
fn course_in(root: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_course"))
        .arg("--root")
        .arg(root)
        .args(arguments)
        .output()
        .expect("the course runs");
    (run.status.code(), String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned())
}

#[test]
fn every_exercise_is_solved_here() {
    let (code, says) = course(&["grade"]);
    assert_eq!(code, Some(0), "{says}");
    let (_, list) = course(&["list"]);
    let ids: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("done  ")?.split("  ").next()).collect();
    assert!(ids.len() >= 3, "{list}");
    for id in ids {
        for number in ["1", "2", "3"] {
            let (code, hint) = course(&["hint", id, number]);
            assert!(code == Some(0) && hint.len() > 30, "{id}, hint {number}: {hint}");
        }
    }
}

/// One build has all exercises, with a switch at each piece.
#[test]
fn every_exercise_fails_unsolved_and_passes_when_it_alone_is_solved() {
    let (code, says) = course(&["proof"]);
    assert_eq!(code, Some(0), "{says}");
    let (_, list) = course(&["list"]);
    let count = |text: &str, words: &str| text.lines().filter(|line| line.contains(words)).count();
    assert_eq!(count(&says, ": fails unsolved, passes when"), count(&list, "done  "), "{says}");
}

#[test]
fn a_handout_has_the_task_and_not_the_solution() {
    let folder = TempFolder::new();
    let to = folder.file("handout");
    let (code, says) = course(&["handout", &to]);
    assert_eq!(code, Some(0), "{says}");
    let text = |file: &str| fs::read_to_string(Path::new(&to).join(file)).expect("text");
    let source = text("dns/src/name/wire.rs");
    assert!(source.contains("// Your code here: exercise dns01.\n        Ok(())"), "{source}");
    assert!(!source.contains("for _ in 0..MAX_POINTERS") && !source.contains("// exercise: "), "{source}");
    let chapter = text("dns/chapters/01_question.md");
    assert!(
        chapter.contains("// This is the exercise dns01.") && !chapter.contains("pointer = next;"),
        "{chapter}"
    );
    assert!(chapter.contains("fn read_piece"), "code that is not an exercise is quoted");
    assert!(text("README.md").contains("[dns01](examples/course/dns01.md)"));
    assert!(!Path::new(&to).join("dns/tests/message.rs").exists(), "tests would tell");
    assert!(Path::new(&to).join("dns/tests/captures/no_edns.pcapng").exists());
    // The reference has what is missing, for the mutants, and no search finds it.
    let reference = text("examples/course/reference.json");
    assert!(reference.contains("\"dns/src/name/wire.rs\"") && !reference.contains("MAX_POINTERS"));
    assert!(!Path::new(&to).join("examples/course/mutants/dns_bugs.md").exists(), "bugs are not told");
    assert!(text("examples/course/mutants/dns.rs").contains("fn a_reply_is_taken"));
    let (code, says) = course(&["handout", &to]);
    assert!(code == Some(2) && says.contains("exists: a handout is written to a new folder"), "{says}");
}

/// With --until the later bodies stay.
#[test]
fn a_handout_can_end_early() {
    let folder = TempFolder::new();
    let to = folder.file("handout");
    let (code, says) = course(&["handout", &to, "--until", "dns01"]);
    assert_eq!(code, Some(0), "{says}");
    let text = |file: &str| fs::read_to_string(Path::new(&to).join(file)).expect("text");
    assert!(text("dns/src/name/wire.rs").contains("Your code here: exercise dns01"));
    assert!(
        text("dns/src/compress.rs").contains("place.length")
            && !text("dns/src/compress.rs").contains("exercise")
    );
    let (code, says) = course(&["handout", &folder.file("other"), "--until", "dns99"]);
    assert!(code == Some(2) && says.contains("no exercise is called \"dns99\"; there are dns01"), "{says}");
}

/// A page that lacks a hint, or says another file than its piece stands in, is a fault with a sentence.
#[test]
fn faults_of_an_exercise_are_said() {
    let folder = TempFolder::new();
    let copy = |name: &str| fs::read_to_string(root().join("examples/course").join(name)).expect("a page");
    let pages = PathBuf::from(folder.file("examples/course"));
    fs::create_dir_all(&pages).expect("a folder");
    let says = |page: String| {
        fs::write(pages.join("dns01.md"), page).expect("a file");
        let run =
            Command::new(env!("CARGO_BIN_EXE_course")).args(["--root", &folder.file(""), "list"]).output();
        String::from_utf8_lossy(&run.expect("the course runs").stderr).into_owned()
    };
    let page = copy("dns01.md");
    let without = page.rsplit_once("<details>").expect("a hint").0.to_owned();
    assert!(says(without).contains("there are 2 hints, and not three"));
    assert!(says(page.replace("rule: ", "rules: ")).contains("a line `rule: ...` is missing"));
}

/// Every student has a capture of its own; its answers are right, others' are not, and it stays the same.
#[test]
fn traces_are_of_one_student() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    for layer in ["dns", "tcp", "tls", "http"] {
        let asked = |student: &str| {
            let (code, says) = course(&["trace", layer, "--student", student, "--to", &file, "--answers"]);
            assert_eq!(code, Some(0), "{says}");
            let answer = |line: &str| line.strip_prefix("     ").map(str::to_owned);
            says.lines().filter_map(answer).collect::<Vec<String>>()
        };
        let ada = asked("ada");
        assert!(ada.len() >= 3, "{layer}: {ada:?}");
        assert_eq!(ada, asked(" Ada "), "{layer}: a name is a name");
        let others: Vec<Vec<String>> = ["grace", "edsger", "barbara", "donald"].map(asked).to_vec();
        assert!(others.iter().any(|other| *other != ada), "{layer}: {ada:?}");
        for (index, answer) in ada.iter().enumerate() {
            let number = (index + 1).to_string();
            let given = |answer: &str| course(&["answer", layer, "--student", "ada", &number, answer]);
            let (code, says) = given(answer);
            assert!(code == Some(0) && says.ends_with(": right\n"), "{says}");
            let (code, says) = given("987654321");
            assert!(code == Some(1) && says.ends_with(": not right\n"), "{says}");
        }
        let (code, says) = course(&["answer", layer, "--student", "ada", "9", "1"]);
        assert!(code == Some(2) && says.contains("there are the questions 1 to"), "{says}");
    }
    let capture = std::fs::read(&file).expect("a capture");
    assert_eq!(capture[..4], [0x0a, 0x0d, 0x0d, 0x0a], "pcapng");
}

/// What is asked of a trace can be looked up in it with the program: the lost frames, and those that repeat.
#[test]
fn answers_stand_in_the_ladder() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    let (_, says) = course(&["trace", "tcp", "--student", "grace", "--to", &file, "--answers"]);
    let answers: Vec<&str> = says.lines().filter_map(|line| line.strip_prefix("     ")).collect();
    let ladder = common::barewire(&["read", &file, "-v"]).succeeds().stdout;
    let frame_of = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let lost = ladder.lines().find(|line| line.contains('╳')).map(frame_of);
    assert_eq!(lost.as_deref(), Some(answers[0]), "{ladder}");
    let lines: Vec<&str> = ladder.lines().collect();
    let repeats = lines.iter().position(|line| line.contains("retransmission"));
    let row = lines[..repeats.expect("a repetition")].iter().rev().find(|line| line.contains("──"));
    assert_eq!(row.map(|line| frame_of(line)).as_deref(), Some(answers[1]), "{ladder}");
}

/// The pointer that a trace of DNS asks about, followed by hand in the bytes of the capture.
#[test]
fn a_pointer_leads_where_the_answer_says() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    for student in ["ada", "grace", "edsger", "barbara", "donald"] {
        let (_, says) = course(&["trace", "dns", "--student", student, "--to", &file, "--answers"]);
        let lines: Vec<&str> = says.lines().collect();
        let asked = |words: &str| {
            let line = lines.iter().position(|line| line.contains(words)).expect("the question");
            (lines[line], lines[line + 1].trim())
        };
        let (question, to) = asked("To which byte does the pointer at byte ");
        let words: Vec<&str> = question.split(' ').collect();
        let at = words.windows(2).find_map(|pair| (pair[0] == "byte").then(|| pair[1].parse().ok())?);
        let at: usize = at.expect("the place of the pointer");
        let capture = Capture::read(&fs::read(&file).expect("a capture")).expect("a capture");
        // An IPv4 header without options, and a UDP header.
        let message = &capture.frames[1].bytes[20 + 8..];
        let pointer = |at: usize| usize::from(u16::from_be_bytes([message[at], message[at + 1]]) & 0x3fff);
        assert_eq!(pointer(at).to_string(), to, "{student}: {says}");
        let (mut name, mut place) = (Vec::new(), pointer(at));
        while message[place] != 0 {
            if message[place] >= 0xc0 {
                place = pointer(place);
                continue;
            }
            let label = &message[place + 1..][..message[place].into()];
            name.push(String::from_utf8_lossy(label));
            place += 1 + label.len();
        }
        assert_eq!(name.join("."), asked("Which whole name stands").1, "{student}: {says}");
    }
}
