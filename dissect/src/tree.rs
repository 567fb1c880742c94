//! The annotated tree: names, byte ranges and values, as a parser left them.
//!
//! Tested in `tests/tree.rs`.

use std::ops::Range;

/// What was read from one buffer: the fields at its top, in the order they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// The length of the recorded buffer, in bytes.
    pub len: usize,
    /// The outermost fields.
    pub nodes: Vec<Node>,
}

/// One named range of bytes, or something known about the range that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The field's name, in the words of its RFC.
    pub name: &'static str,
    /// What the field is for. May be empty.
    pub comment: &'static str,
    /// The bytes it takes, as offsets into the recorded buffer. Empty unless `kind` is
    /// [`Kind::Bytes`].
    pub range: Range<usize>,
    /// The value as text; groups may have none.
    pub value: Option<String>,
    /// What the node stands for.
    pub kind: Kind,
    /// `false` when the parser failed inside: the node ends where reading stopped.
    pub complete: bool,
    /// The fields inside this one.
    pub children: Vec<Node>,
}

/// What a [`Node`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole bytes on the wire.
    Bytes,
    /// Some bits of the bytes of the node above: `width` bits from bit `first`, where bit 0 is the
    /// most significant bit of its first byte.
    Bits {
        /// The first bit.
        first: u32,
        /// How many bits.
        width: u32,
    },
    /// Not on the wire: it follows from what is.
    Computed,
}

impl Node {
    pub(crate) fn new(name: &'static str, comment: &'static str) -> Node {
        Node {
            name,
            comment,
            range: 0..0,
            value: None,
            kind: Kind::Bytes,
            complete: true,
            children: Vec::new(),
        }
    }

    /// Whether this node takes bytes and no node inside it does.
    pub fn is_leaf(&self) -> bool {
        self.kind == Kind::Bytes && !self.children.iter().any(|child| child.kind == Kind::Bytes)
    }
}

impl Tree {
    /// Every node, each before the nodes inside it, with its depth (0 at the top).
    pub fn walk(&self) -> impl Iterator<Item = (usize, &Node)> {
        let mut waiting: Vec<(usize, &Node)> = self.nodes.iter().rev().map(|node| (0, node)).collect();
        std::iter::from_fn(move || {
            let (depth, node) = waiting.pop()?;
            waiting.extend(node.children.iter().rev().map(|child| (depth + 1, child)));
            Some((depth, node))
        })
    }

    /// The first node of this name, wherever it stands.
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.walk().map(|(_, node)| node).find(|node| node.name == name)
    }

    /// The law of the trees: the leaves cover every byte of the buffer exactly once, in order.
    /// The error names the first byte where that does not hold.
    ///
    /// ```
    /// use barewire_dissect::{field, record};
    /// use nom::{IResult, Parser, number::complete::u8};
    ///
    /// let bytes = [1, 2];
    /// let read = || -> IResult<&[u8], u8> { field("one", "", u8).parse(&bytes) };
    /// let (_, tree) = record(&bytes, read);
    /// assert_eq!(tree.check_coverage().unwrap_err(), "bytes 1..2 after \"one\" belong to no field");
    /// ```
    pub fn check_coverage(&self) -> Result<(), String> {
        let mut covered = 0;
        let mut last = "the start";
        for (_, node) in self.walk().filter(|(_, node)| node.is_leaf()) {
            let Range { start, end } = node.range;
            if start > covered {
                return Err(format!(
                    "bytes {covered}..{start} between {last:?} and {:?} belong to no field",
                    node.name
                ));
            }
            if start < covered {
                return Err(format!(
                    "{:?} starts at byte {start}, but {last:?} had read up to {covered}",
                    node.name
                ));
            }
            (covered, last) = (end, node.name);
        }
        if covered < self.len {
            return Err(format!("bytes {covered}..{} after {last:?} belong to no field", self.len));
        }
        Ok(())
    }
}
