//! No circle of files inside a crate: a reader who follows the names of a file down never comes back to it.
//!
//! An arrow goes from file A to file B when the code of A names an item that stands in B. `mod b;` and `pub use
//! b::Item` in the file above `b` are a table of contents and not an arrow; a name that comes through one leads to the
//! file where the item really stands. No path along the arrows may lead back to where it began.
//!
//! A method call has no path in front of it, and is not followed: where `impl Query` stands in a file below `query.rs`,
//! only that file points to the other. So a circle is undone in one of three ways: move the item that both need to a
//! file of its own below both; make the lower file give back its own type, and let the upper one wrap it; or make the
//! function a method of the type that it works on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Finding;
use super::paths::{self, Import, Inline};
use super::source::{Crate, House};

pub(crate) fn check(house: &House) -> Vec<Finding> {
    house.crates.iter().flat_map(|each| Graph::of(each).circles()).collect()
}

/// The files of a crate, and the arrows between them.
struct Graph {
    files: Vec<File>,
    /// The file of each module, by the module's path: `["name", "wire"]`.
    modules: BTreeMap<Vec<String>, usize>,
    /// For each file: where its arrows lead, and by which words.
    arrows: Vec<BTreeMap<usize, Word>>,
}

struct File {
    path: String,
    module: Vec<String>,
    imports: Vec<Import>,
    inlines: Vec<Inline>,
    items: Vec<String>,
}

/// The words that make an arrow, and their line.
#[derive(Debug, Clone)]
struct Word {
    path: String,
    line: usize,
}

impl Graph {
    fn of(each: &Crate) -> Graph {
        let files: Vec<File> = each
            .sources
            .iter()
            // A program's main.rs is a crate of its own; nothing can name what is in it.
            .filter(|source| source.in_crate() != "main.rs")
            .map(|source| {
                let (imports, inlines) = paths::of(&source.lexed.tokens);
                let items = paths::items(&source.lexed.tokens);
                File {
                    path: source.path.clone(),
                    module: module_of(source.in_crate()),
                    imports,
                    inlines,
                    items,
                }
            })
            .collect();
        let modules = files.iter().enumerate().map(|(index, file)| (file.module.clone(), index)).collect();
        let mut graph = Graph { files, modules, arrows: Vec::new() };
        graph.arrows = (0..graph.files.len()).map(|from| graph.arrows_of(from)).collect();
        graph
    }

    fn arrows_of(&self, from: usize) -> BTreeMap<usize, Word> {
        let file = &self.files[from];
        let handed_on = |import: &Import| {
            let path = self.absolute(from, &import.path).unwrap_or_default();
            import.public && path.len() > file.module.len() && path.starts_with(&file.module)
        };
        let imports = file.imports.iter().filter(|import| !handed_on(import));
        let imports = imports.map(|import| (&import.path, import.line));
        let words = imports.chain(file.inlines.iter().map(|inline| (&inline.path, inline.line)));
        let mut arrows = BTreeMap::new();
        for (path, line) in words {
            let Some(to) = self.absolute(from, path).and_then(|path| self.file_of(&path, 0)) else {
                continue;
            };
            if to != from {
                arrows.entry(to).or_insert_with(|| Word { path: path.join("::"), line });
            }
        }
        arrows
    }

    /// The path from the root of the crate, of a path as it is written in a file. `None` for other crates.
    fn absolute(&self, file: usize, path: &[String]) -> Option<Vec<String>> {
        let File { module, imports, .. } = &self.files[file];
        let (first, rest) = path.split_first()?;
        let under = |base: &[String], rest: &[String]| Some([base, rest].concat());
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => self.absolute(file, rest).or_else(|| under(module, rest)),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                under(module.get(..module.len().checked_sub(ups)?)?, &path[ups..])
            }
            _ if self.is_child(module, first) => under(module, path),
            // A module that a `use` brought in: `use crate::rdata::opt;`, then `opt::parse`.
            _ => {
                let ours = |part: &String| ["crate", "self", "super"].contains(&part.as_str());
                let import = imports.iter().find(|import| import.name == *first)?;
                let inside = ours(&import.path[0]) || self.is_child(module, &import.path[0]);
                let base = if inside { self.absolute(file, &import.path)? } else { return None };
                self.modules.contains_key(&base).then(|| [&base, rest].concat())
            }
        }
    }

    fn is_child(&self, module: &[String], name: &String) -> bool {
        self.modules.contains_key(&[module, std::slice::from_ref(name)].concat())
    }

    /// The file where the item of an absolute path stands. `None` for a module as such: only the names in it are
    /// arrows.
    fn file_of(&self, path: &[String], depth: usize) -> Option<usize> {
        let length = (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]))?;
        let holder = *self.modules.get(&path[..length])?;
        let item = path.get(length)?;
        let File { imports, items, .. } = &self.files[holder];
        if items.contains(item) || item == "*" || depth == 8 {
            return Some(holder);
        }
        let import = imports.iter().find(|import| import.name == *item);
        if let Some(path) = import.and_then(|import| self.absolute(holder, &import.path)) {
            return self.file_of(&path, depth + 1);
        }
        let globs = imports.iter().filter(|import| import.name == "*");
        let through = globs.filter_map(|glob| {
            let base = self.absolute(holder, &glob.path)?;
            let file = *self.modules.get(&base[..base.len() - 1])?;
            self.files[file].items.contains(item).then_some(file)
        });
        Some(through.into_iter().next().unwrap_or(holder))
    }

    /// All pairs of files that name each other. A group of files that lead to each other without such a pair has its
    /// shortest circle told.
    fn circles(&self) -> Vec<Finding> {
        let reach: Vec<BTreeSet<usize>> = (0..self.files.len()).map(|from| self.reachable(from)).collect();
        let mut circles: Vec<Vec<usize>> = Vec::new();
        let mut seen = BTreeSet::new();
        for start in 0..self.files.len() {
            if !reach[start].contains(&start) || seen.contains(&start) {
                continue;
            }
            let group: Vec<usize> =
                reach[start].iter().copied().filter(|to| reach[*to].contains(&start)).collect();
            seen.extend(group.iter().copied());
            let pairs: Vec<Vec<usize>> = group.iter().flat_map(|from| self.pairs(*from)).collect();
            match pairs[..] {
                [] => circles.extend(group.iter().filter_map(|from| self.circle(*from)).min_by_key(Vec::len)),
                _ => circles.extend(pairs),
            }
        }
        circles.iter().map(|circle| self.describe(circle)).collect()
    }

    /// The circles of a file and one other, which comes later in the list of files.
    fn pairs(&self, from: usize) -> impl Iterator<Item = Vec<usize>> {
        let later = self.arrows[from].keys().filter(move |to| **to > from);
        later.filter(move |to| self.arrows[**to].contains_key(&from)).map(move |to| vec![from, *to])
    }

    /// The files that a path along the arrows leads to.
    fn reachable(&self, from: usize) -> BTreeSet<usize> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(at) = next.pop() {
            next.extend(self.arrows[at].keys().filter(|to| reached.insert(**to)));
        }
        reached
    }

    /// The shortest way from a file back to it: each file on it, once.
    fn circle(&self, start: usize) -> Option<Vec<usize>> {
        let mut came_from = BTreeMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(at) = next.pop_front() {
            for &to in self.arrows[at].keys() {
                if to == start {
                    let mut way = vec![at];
                    while let Some(before) = came_from.get(&way[0]) {
                        way.insert(0, *before);
                    }
                    return Some(way);
                }
                came_from.entry(to).or_insert_with(|| {
                    next.push_back(to);
                    at
                });
            }
        }
        None
    }

    fn describe(&self, circle: &[usize]) -> Finding {
        let ends = circle.iter().zip(circle.iter().cycle().skip(1));
        let steps = ends.map(|(from, to)| {
            let Word { path, line } = &self.arrows[*from][to];
            let (from, to) = (&self.files[*from].path, &self.files[*to].path);
            format!("\n      {from}:{line} names {path}, which stands in {to}")
        });
        Finding {
            file: self.files[circle[0]].path.clone(),
            line: 0,
            seen: format!("a circle of {} files:{}", circle.len(), steps.collect::<String>()),
            instead: "move what both need to a file below both, or see the head of circles.rs".to_owned(),
        }
    }
}

/// The module that a file holds: `["name", "wire"]` for `name/wire.rs`, nothing for `lib.rs`.
fn module_of(file: &str) -> Vec<String> {
    let file = file.strip_suffix(".rs").unwrap_or(file);
    let file = file.strip_suffix("/mod").unwrap_or(file);
    file.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::House;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        check(&House::of("dns", "", files)).into_iter().map(|finding| finding.seen).collect()
    }

    #[test]
    fn a_circle_is_found_with_its_lines() {
        let found = circles(&[
            ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
            ("a.rs", "\nuse crate::b::B;\npub struct A(B);"),
            ("b.rs", "use crate::c; pub struct B(c::C);"),
            ("c.rs", "pub struct C(Box<crate::A>); // through lib.rs"),
        ]);
        let wanted = "a circle of 3 files:\n      \
            dns/src/a.rs:2 names crate::b::B, which stands in dns/src/b.rs\n      \
            dns/src/b.rs:1 names c::C, which stands in dns/src/c.rs\n      \
            dns/src/c.rs:1 names crate::A, which stands in dns/src/a.rs";
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn a_file_and_the_one_above_it_can_be_a_circle() {
        let child = ("a/b.rs", "use super::A; pub fn f(_: A) {}");
        for above in ["mod b; pub struct A; fn g() { b::f(A) }", "mod b; use self::b::f; pub struct A;"] {
            let found = circles(&[("a.rs", above), child]);
            assert_eq!(found.len(), 1, "{above}");
        }
        let by_mod_rs = circles(&[("a/mod.rs", "mod b; pub struct A; fn g() { b::f(A) }"), child]);
        assert_eq!(by_mod_rs.len(), 1);
    }

    #[test]
    fn all_pairs_are_told_and_of_a_larger_group_the_shortest_circle() {
        let a = ("a.rs", "use crate::b::B; pub struct A;");
        let b = ("b.rs", "use crate::c::C; pub struct B;");
        let pairs = circles(&[
            a,
            b,
            ("c.rs", "use crate::{b::B, d::D}; pub struct C;"),
            ("d.rs", "use crate::{c::C, a::A}; pub struct D;"),
        ]);
        assert_eq!(pairs.len(), 2, "b and c, c and d: {pairs:?}");
        let group = circles(&[
            a,
            b,
            ("c.rs", "use crate::{a::A, d::D}; pub struct C;"),
            ("d.rs", "use crate::a::A; pub struct D;"),
        ]);
        assert!(group.len() == 1 && group[0].starts_with("a circle of 3 files:\n"), "{group:?}");
    }

    #[test]
    fn a_table_of_contents_is_not_an_arrow() {
        assert!(
            circles(&[
                ("lib.rs", "mod a; pub use a::{A, B};"),
                ("a.rs", "mod b; mod c; pub use b::B; pub(crate) use self::c::*; pub struct A;"),
                // It needs A from above, and C through the file above.
                ("a/b.rs", "use super::{A, C}; pub struct B(A, C);"),
                ("a/c.rs", "pub struct C; #[cfg(test)] mod tests { use crate::a::b::B; }"),
            ])
            .is_empty()
        );
    }
}
