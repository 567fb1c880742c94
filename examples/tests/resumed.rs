//! `fetch --session` and `--early-data`: coming back to a server over TLS, in the toy internet and to nginx.

mod common;

use common::{Run, TempFolder, barewire};

const URL: &str = "https://www.example.test/";

fn fetch(arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "--no-keepalive"], arguments].concat())
}

#[test]
fn the_second_connection_goes_on_from_the_first() {
    let folder = TempFolder::new();
    let file = folder.file("sessions");
    let run = fetch(&["--session", &file, URL, URL]).succeeds();
    assert_eq!(run.stdout.matches("resumed (PSK)").count(), 1, "{run}");
    assert_eq!(run.stdout.matches("Certificate www.example.test").count(), 1, "{run}");
    for wanted in [
        "the certificate names www.example.test",
        "no certificate shown: resumed from a connection of 2026-01-01 00:00:00 UTC,",
        "signed with ed25519",
        "not signed",
    ] {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    // Without the flag nothing is kept.
    let run = fetch(&[URL, URL]).succeeds();
    assert!(!run.stdout.contains("resumed"), "{run}");
}

#[test]
fn the_file_holds_what_was_not_used_and_is_for_its_owner() {
    let folder = TempFolder::new();
    let file = folder.file("sessions");
    fetch(&["--session", &file, URL]).succeeds();
    let first = std::fs::read_to_string(&file).expect("the file");
    let sessions = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(sessions(&first).len(), 2, "{first}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    // Time begins anew in each toy internet. A ticket of another run has not come yet there, so it is not used.
    let run = fetch(&["--session", &file, URL]).succeeds();
    assert!(!run.stdout.contains("resumed"), "{run}");
    let second = std::fs::read_to_string(&file).expect("the file");
    let kept = sessions(&first).iter().filter(|line| sessions(&second).contains(line)).count();
    assert_eq!((kept, sessions(&second).len()), (2, 4), "two are new: {second}");
    std::fs::write(&file, format!("{first}\nnonsense\nwww.example.test 01ff\n")).unwrap();
    let run = fetch(&["--session", &file, URL]).succeeds();
    assert!(run.stderr.contains("2 lines are not sessions of barewire"), "{run}");
}
