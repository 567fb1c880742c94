//! What was asked for beside what is sent: one row for each field, named and read by the parsers of the layers.

use std::ops::Range;

use barewire_dissect::{Kind, Node};

use super::build::{Built, Set};
use super::reading::{Reading, read};

/// A field of a packet, or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its bytes; those that its bits stand in, if it has only some of them.
    pub range: Range<usize>,
    /// How deep it stands: 0 is a header.
    pub depth: usize,
    /// Its name, in the words of its RFC.
    pub name: String,
    /// What the parser reads there.
    pub sent: String,
    /// What was asked for, in the words of the language.
    pub asked: Vec<String>,
    /// What would be right, where something else was asked for.
    pub right: Option<String>,
    /// Whether it is read from the bytes. The rest of a packet that cannot be read is told by who made it.
    pub is_read: bool,
}

impl Built {
    /// Every field, and why the parsers stopped before the end, if they did.
    pub fn rows(&self) -> (Vec<Row>, Option<String>) {
        rows(&self.bytes, self.is_frame(), self.sets().map(Some).collect())
    }
}

/// Every field of a packet of which nothing was asked, and why the parsers stopped before its end, if they did.
pub fn rows_of(bytes: &[u8], is_frame: bool) -> (Vec<Row>, Option<String>) {
    rows(bytes, is_frame, Vec::new())
}

fn rows(bytes: &[u8], is_frame: bool, sets: Vec<Option<&Set>>) -> (Vec<Row>, Option<String>) {
    let Reading { tree, stopped } = read(bytes, is_frame);
    let mut rows = Rows { sets, rows: Vec::new() };
    for node in &tree.nodes {
        rows.node(0, node);
    }
    let end = rows.rows.iter().map(|row| row.range.end).max().unwrap_or(0);
    rows.unread(end);
    (rows.rows, stopped)
}

struct Rows<'a> {
    /// The fields that have no row yet.
    sets: Vec<Option<&'a Set>>,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn node(&mut self, depth: usize, node: &Node) {
        if node.kind != Kind::Bytes {
            return;
        }
        let at = 8 * node.range.start..8 * node.range.end;
        // A field that is a group of others in the tree, such as an option or a name, is one row.
        let is_asked = self.sets.iter().flatten().any(|set| set.bits == at);
        let is_whole = !node.is_leaf() && (is_asked || node.name == "option");
        let is_row = node.is_leaf() || is_whole;
        let bits: Vec<Row> = if is_row { self.bits(depth + 1, node) } else { Vec::new() };
        let (asked, right) = if is_row { self.take(&at) } else { (Vec::new(), None) };
        let (name, sent) = (node.name.to_owned(), node.value.clone().unwrap_or_default());
        self.rows.push(Row { range: node.range.clone(), depth, name, sent, asked, right, is_read: true });
        self.rows.extend(bits);
        if !is_row {
            node.children.iter().for_each(|child| self.node(depth + 1, child));
        }
    }

    /// A row for each part of a leaf that was asked for.
    fn bits(&mut self, depth: usize, leaf: &Node) -> Vec<Row> {
        let mut rows = Vec::new();
        for child in &leaf.children {
            let Kind::Bits { first, width } = child.kind else { continue };
            let start = 8 * leaf.range.start + first as usize;
            let bits = start..start + width as usize;
            let asked = |set: &&Option<&Set>| set.is_some_and(|set| set.bits == bits && set.asked.is_some());
            if self.sets.iter().any(|set| asked(&set)) {
                let (asked, right) = self.take(&bits);
                let (name, sent) = (child.name.to_owned(), child.value.clone().unwrap_or_default());
                rows.push(Row { range: leaf.range.clone(), depth, name, sent, asked, right, is_read: true });
            }
        }
        rows
    }

    /// What was asked for in these bits.
    fn take(&mut self, bits: &Range<usize>) -> (Vec<String>, Option<String>) {
        let (mut asked, mut right) = (Vec::new(), None);
        for set in &mut self.sets {
            if let Some(found) = set.take_if(|set| bits.start <= set.bits.start && set.bits.end <= bits.end) {
                asked.extend(found.asked.clone());
                right = right.or(found.right.clone());
            }
        }
        (asked, right)
    }

    /// The fields that no parser came to; and those that a parser took for something else, if they were asked for.
    fn unread(&mut self, end: usize) {
        let is_left = |set: &Set| set.bits.end > 8 * end || set.asked.is_some();
        for set in self.sets.iter().flatten().filter(|set| is_left(set)) {
            self.rows.push(Row {
                range: set.bits.start / 8..set.bits.end.div_ceil(8),
                depth: 1,
                name: set.field.name.to_owned(),
                sent: set.sent.clone(),
                asked: set.asked.iter().cloned().collect(),
                right: set.right.clone(),
                is_read: false,
            });
        }
    }
}
