//! All citations of the tree: every section of an RFC that a source or a page names must exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::block::{Sources, read};
use crate::citations::{Citation, Cited, cited};
use crate::finding::Finding;
use crate::list::{FILE, Known, List, line_of, read_list, write_list};
use crate::section::Section;
use crate::{headings, rfc};

/// Folders without sources of ours.
const SKIPPED: [&str; 4] = ["artifacts", "corpus", "node_modules", "target"];

/// Compares the list with the texts, where they are at hand, and the citations with the list. With `bless` the list is
/// written anew from the texts.
pub(crate) fn check(sources: &Sources, bless: bool) -> Result<Vec<Finding>, String> {
    let mut files = BTreeMap::new();
    walk(&sources.root, "", &mut files)?;
    let mut list = read_list(&sources.root)?.unwrap_or_default();
    let mut findings = Vec::new();
    if let Some(folder) = &sources.rfc {
        let new = from_texts(folder, &files, &list);
        if new != list && bless {
            write_list(&sources.root, &new)?;
            list = new;
        } else {
            findings.extend(differences(&list, &new));
        }
    }
    let mut not_listed = BTreeSet::new();
    for (file, citation, cited) in all(&files) {
        // An RFC that has no line is said once.
        let is_new = citation.rfc.is_none_or(|rfc| list.contains_key(&rfc) || not_listed.insert(rfc));
        let says = judge(citation, cited, &list).err().filter(|_| is_new);
        findings.extend(says.map(|says| Finding::new(file, citation.line, says)));
    }
    say_what_is_not_judged(&files, &list);
    Ok(findings)
}

/// Every citation, with its file and what else stands there.
fn all(files: &BTreeMap<String, Cited>) -> impl Iterator<Item = (&str, &Citation, &Cited)> {
    files.iter().flat_map(|(file, cited)| {
        cited.citations.iter().map(move |citation| (file.as_str(), citation, cited))
    })
}

/// What the sources and pages of a folder cite, by file.
fn walk(root: &Path, folder: &str, files: &mut BTreeMap<String, Cited>) -> Result<(), String> {
    let path = root.join(folder);
    let entries = std::fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let file = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let is_skipped = name.starts_with('.') || SKIPPED.contains(&name.as_str());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !is_skipped => walk(root, &file, files)?,
            Ok(kind) if kind.is_file() && (name.ends_with(".rs") || name.ends_with(".md")) => {
                files.insert(file.clone(), cited(&read(&root.join(&file))?));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The RFCs that are cited with a section, from their texts; from the list where a text is not at hand.
fn from_texts(folder: &Path, files: &BTreeMap<String, Cited>, list: &List) -> List {
    let rfcs = all(files).filter_map(|(_, citation, _)| citation.rfc);
    let mut new = List::new();
    for rfc in rfcs {
        if !new.contains_key(&rfc) {
            let text = rfc::text_or_draft(folder, &rfc.to_string());
            let known = text.map(|text| Known::Sections(headings::sections(&text)));
            new.extend(known.ok().or_else(|| list.get(&rfc).cloned()).map(|known| (rfc, known)));
        }
    }
    new
}

/// The lines of the list that the texts do not bear out. A line that nobody needs any more is harmless.
fn differences(list: &List, new: &List) -> Vec<Finding> {
    let both = new.iter().filter_map(|(rfc, new)| Some((*rfc, list.get(rfc)?, new)));
    let differs = both.filter(|(_, listed, new)| listed != new);
    let finding = |(rfc, listed, new): (u16, &Known, &Known)| {
        let what = format!("the list of the sections of RFC {rfc}");
        Finding::differs(FILE, line_of(list, rfc), &what, &[new.to_string()], &[listed.to_string()])
    };
    differs.map(finding).collect()
}

/// Whether a citation names a section that exists, as far as the list knows.
fn judge(citation: &Citation, cited: &Cited, list: &List) -> Result<(), String> {
    let section = &citation.section;
    match citation.rfc.map(|rfc| (rfc, list.get(&rfc))) {
        Some((rfc, Some(Known::Sections(sections)))) if !sections.has(section) => {
            Err(format!("RFC {rfc} has no §{section}; near it are {}", sections.near(section)))
        }
        Some((_, Some(_))) => Ok(()),
        Some((rfc, None)) => Err(format!(
            "RFC {rfc} is not in {FILE}: `--bless --rfc FOLDER` adds it from its text; without a text, add the line \
             `{rfc}: ? WHY`"
        )),
        None => judge_alone(section, cited, list),
    }
}

/// A section that stands alone is one of the RFCs that its file names.
fn judge_alone(section: &Section, cited: &Cited, list: &List) -> Result<(), String> {
    let may_have = |rfc: &u16| match list.get(rfc) {
        Some(Known::Sections(sections)) => sections.has(section),
        Some(Known::Nothing(_)) => true,
        None => false,
    };
    if cited.others || cited.rfcs.iter().any(may_have) {
        return Ok(());
    }
    let rfcs: Vec<String> = cited.rfcs.iter().map(u16::to_string).collect();
    match rfcs[..] {
        [] => Err(format!("§{section} of which RFC? This file names none")),
        _ => Err(format!("§{section} of which RFC? None that this file names has it: {}", rfcs.join(", "))),
    }
}

fn say_what_is_not_judged(files: &BTreeMap<String, Cited>, list: &List) {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for rfc in all(files).filter_map(|(_, citation, _)| citation.rfc) {
        if matches!(list.get(&rfc), Some(Known::Nothing(_))) {
            *counts.entry(rfc).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return;
    }
    let rfcs: Vec<String> = counts.keys().map(u16::to_string).collect();
    eprintln!(
        "NOT JUDGED: {} of {} citations, as nobody had the text of RFC {}",
        counts.values().sum::<usize>(),
        all(files).count(),
        rfcs.join(", ")
    );
}
