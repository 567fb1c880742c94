//! The checker of the book: chapters quote code, bytes, output and RFCs, and each quotation must be what it quotes.
//!
//! ```text
//!   cargo run --bin book               which quotations are out of date, with line and difference
//!   cargo run --bin book -- --bless    writes them anew; look at the difference before you commit
//! ```
//!
//! A chapter is a Markdown file, `<crate>/chapters/NN_title.md`, which reads well on a code-hosting site too. A comment
//! in HTML before a block says what stands in the block:
//!
//! | comment | what follows it |
//! |---|---|
//! | `code FILE ANCHOR` | a piece of a source, between the comments `// book: ANCHOR` and `// book: end` |
//! | `bytes CAPTURE FRAME SECTION "FROM" "TO"` | lines of the annotated bytes of a packet |
//! | `figure NAME CAPTURE FRAME SECTION "FIELD"` | a figure of a field (`FIELD#2`: the second): `figures/NAME.svg` |
//! | `ends CAPTURE FRAME` | what both ends are in after a packet, and the secrets in use |
//! | `run ARGUMENTS` | what the program prints; `run ARGUMENTS \| "FROM" "TO"`: some lines of it |
//! | `lesson NAME WORDS` | what a lesson prints; `| "FROM" "TO"` as with `run` |
//! | `rfc NUMBER SECTION` | a sentence of that section, word for word |
//! | `nav` | the links to the chapters before and after it |
//!
//! Which chapters there are, and in which order, says the contents page: `examples/chapters/contents.md`. Links are
//! followed, and the files for rustdoc (`chapters/rustdoc.txt`) are written: see `rustdoc.rs`. Every section of an RFC
//! that a source or a page of the tree cites must exist, with the texts of the RFCs and without them: see `sweep.rs`
//! and `chapters/rfc_sections.txt`. Tested in `tests/book.rs`.

mod block;
mod bytes;
mod chapter;
mod citations;
mod code;
mod contents;
mod ends;
mod figure;
mod finding;
mod headings;
mod lesson;
mod links;
mod list;
mod picked;
mod rfc;
mod run;
mod rustdoc;
mod section;
mod sweep;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use contents::Contents;
use finding::Finding;

/// Check that every quotation of the book is what it quotes
#[derive(Debug, Parser)]
struct Args {
    /// Write what is out of date anew
    #[arg(long)]
    bless: bool,
    /// The workspace
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    /// The folder with the texts of RFCs (rfc1035.txt ...); without it their sentences are not compared
    #[arg(long, value_name = "FOLDER", env = "BAREWIRE_RFC")]
    rfc: Option<PathBuf>,
    /// The program whose output is quoted (default: the one beside this program)
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match check(&args) {
        Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
        Ok(findings) => {
            for finding in &findings {
                println!("{finding}");
            }
            let how =
                "look at what changed; `cargo run -p barewire --bin book -- --bless` writes quotations anew";
            eprintln!("what is not as it should be: {}; {how}", findings.len());
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("book: {why}");
            ExitCode::from(2)
        }
    }
}

fn check(args: &Args) -> Result<Vec<Finding>, String> {
    let sources = block::Sources::new(args.root.clone(), args.rfc.clone(), args.program.clone())?;
    let mut contents = Contents::read(&args.root)?;
    let mut findings = contents.check(&sources, args.bless)?;
    findings.extend(rustdoc::check(&contents, &args.root, args.bless)?);
    findings.extend(links::check(&contents, &args.root));
    findings.extend(sweep::check(&sources, args.bless)?);
    if sources.rfcs_missing() {
        eprintln!(
            "SKIPPED: the sentences of RFCs are not compared: --rfc or BAREWIRE_RFC names no folder with their texts"
        );
    }
    Ok(findings)
}
