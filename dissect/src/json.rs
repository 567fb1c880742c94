//! The tree as JSON, for programs. Written by hand: strings, numbers and nesting are all it takes.
//!
//! Tested in `tests/tree.rs`.

use std::fmt::Write as _;

use crate::text::printable;
use crate::tree::{Kind, Node, Tree};

impl Tree {
    /// The fields as a JSON array. Each node is an object with `name`, `value`, `comment`, then
    /// `offset` and `length` in bytes (or `bits`: first and width; or `computed`: true), and its
    /// `children`. Empty members are left out; a node that reading broke off in has
    /// `"complete": false`. Control characters in values are escaped as in the text: [`printable`].
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        array(&mut out, &self.nodes);
        out
    }
}

fn array(out: &mut String, nodes: &[Node]) {
    out.push('[');
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        object(out, node);
    }
    out.push(']');
}

fn object(out: &mut String, node: &Node) {
    out.push_str("{\"name\":");
    string(out, node.name);
    if let Some(value) = &node.value {
        out.push_str(",\"value\":");
        string(out, &printable(value));
    }
    if !node.comment.is_empty() {
        out.push_str(",\"comment\":");
        string(out, node.comment);
    }
    // Writing to a String cannot fail.
    let _ = match node.kind {
        Kind::Bytes => write!(out, ",\"offset\":{},\"length\":{}", node.range.start, node.range.len()),
        Kind::Bits { first, width } => write!(out, ",\"bits\":[{first},{width}]"),
        Kind::Computed => write!(out, ",\"computed\":true"),
    };
    if !node.complete {
        out.push_str(",\"complete\":false");
    }
    if !node.children.is_empty() {
        out.push_str(",\"children\":");
        array(out, &node.children);
    }
    out.push('}');
}

/// A JSON string (RFC 8259 §7): quotes, backslashes and control characters escaped.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
