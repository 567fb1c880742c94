//! The paths in a source: what its `use` lines import, and the paths written out in the code.

use super::lexer::Token;

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// As written: `crate`, `name`, `Name`. A glob ends in `*`.
    pub(crate) path: Vec<String>,
    /// The name it has here: the last part of the path, or what stands after `as`.
    pub(crate) name: String,
    /// Whether it is handed on: `pub use`, `pub(crate) use`.
    pub(crate) public: bool,
    /// From 1.
    pub(crate) line: usize,
}

/// A path in the code: two parts at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inline {
    pub(crate) path: Vec<String>,
    /// From 1.
    pub(crate) line: usize,
}

/// The imports and the paths of a source.
pub(crate) fn of(tokens: &[Token]) -> (Vec<Import>, Vec<Inline>) {
    let (mut imports, mut inlines, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |index| &tokens[index].text);
        if tokens[at].text == "use" && !["<", "+"].contains(&before) {
            let public = before == "pub" || before == ")";
            at = tree(tokens, at + 1, &[], public, &mut imports);
        } else if is_word(&tokens[at].text) && !["::", ".", "mod"].contains(&before) {
            let line = tokens[at].line;
            let mut path = vec![tokens[at].text.clone()];
            at += 1;
            while let [colons, part, ..] = &tokens[at..]
                && colons.text == "::"
                && is_word(&part.text)
            {
                path.push(part.text.clone());
                at += 2;
            }
            if path.len() > 1 {
                inlines.push(Inline { path, line });
            }
        } else {
            at += 1;
        }
    }
    (imports, inlines)
}

/// Reads one tree of a `use` after `prefix`: `a::{b, c as d, self}`. Gives the place after it.
fn tree(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    public: bool,
    imports: &mut Vec<Import>,
) -> usize {
    let mut path = prefix.to_vec();
    let mut alias = None;
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = tree(tokens, at, &path, public, imports);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.text == ","));
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            "as" => {
                alias = tokens.get(at + 1).map(|token| token.text.clone());
                at += 1;
            }
            "::" => {}
            // `{self}` stands for what is before the brace.
            "self" if !path.is_empty() => {}
            part => path.push(part.to_owned()),
        }
        at += 1;
    }
    let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
    imports.push(Import { path, name, public, line });
    at
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// The names of the items that stand in a file itself, at its top. A `mod` counts when its content stands here too.
pub(crate) fn items(tokens: &[Token]) -> Vec<String> {
    const KINDS: [&str; 9] =
        ["struct", "enum", "union", "trait", "fn", "type", "const", "static", "macro_rules"];
    let (mut depth, mut names) = (0_usize, Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(index + ahead).map_or("", |token| token.text.as_str());
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "macro_rules" if depth == 0 => names.push(next(2).to_owned()),
            "mod" if depth == 0 && next(2) == "{" => names.push(next(1).to_owned()),
            "static" if depth == 0 && next(1) == "mut" => names.push(next(2).to_owned()),
            kind if depth == 0 && KINDS.contains(&kind) => names.push(next(1).to_owned()),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{items, of};
    use crate::lexer::Lexed;

    #[test]
    fn trees_of_use_are_spread_out() {
        let text = "use crate::a::{self, B as C, d::{E, *}};\npub(crate) use super::F;\nfn g() { h::i(); x.j::<k::L>() }";
        let (imports, inlines) = of(&Lexed::new(text).tokens);
        let seen: Vec<_> =
            imports.iter().map(|i| (i.path.join("::"), i.name.as_str(), i.public, i.line)).collect();
        let wanted = [
            ("crate::a", "a", false, 1),
            ("crate::a::B", "C", false, 1),
            ("crate::a::d::E", "E", false, 1),
            ("crate::a::d::*", "*", false, 1),
            ("super::F", "F", true, 2),
        ];
        assert_eq!(seen, wanted.map(|(path, name, public, line)| (path.to_owned(), name, public, line)));
        assert_eq!(inlines.iter().map(|i| i.path.join("::")).collect::<Vec<_>>(), ["h::i", "k::L"]);
    }

    #[test]
    fn items_are_those_at_the_top() {
        let text = "pub struct A { b: u8 } impl A { fn c() {} } mod d; mod e { fn f() {} } pub const fn g() {} static H: u8 = 1;";
        assert_eq!(items(&Lexed::new(text).tokens), ["A", "e", "fn", "g", "H"]);
    }
}
