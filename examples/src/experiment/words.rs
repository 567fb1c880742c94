//! The words after `--` of an experiment.

/// What the words say.
pub(super) struct Words {
    pub(super) wire: bool,
    pub(super) six: bool,
    /// Empty in the plain run.
    pub(super) variant: String,
}

impl Words {
    /// Reads the words; a variant is one of `known`. The error names all words that an experiment takes.
    pub(super) fn parse(words: impl Iterator<Item = String>, known: &[&str]) -> Result<Words, String> {
        let all: Vec<String> = words.collect();
        let mut read = Words { wire: false, six: false, variant: String::new() };
        for word in &all {
            match word.as_str() {
                "--wire" if !read.wire => read.wire = true,
                "-6" if !read.six => read.six = true,
                word if known.contains(&word) && read.variant.is_empty() => read.variant = word.to_owned(),
                _ => {
                    let variants = known.iter().map(|word| format!("{word}, ")).collect::<String>();
                    return Err(format!("{} is not known here; try {variants}-6 or --wire", all.join(" ")));
                }
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn parse(words: &str) -> Result<Words, String> {
        Words::parse(words.split_whitespace().map(str::to_owned), &["exact", "closed"])
    }

    #[test]
    fn words_come_in_any_order_and_each_once() {
        let read = parse("exact --wire -6").unwrap();
        assert_eq!((read.wire, read.six, read.variant.as_str()), (true, true, "exact"));
        let read = parse("-6").unwrap();
        assert_eq!((read.wire, read.six, read.variant.as_str()), (false, true, ""));
        for words in ["exact closed", "-6 -6", "exactly", "-6 word"] {
            let said = parse(words).err().unwrap();
            assert_eq!(said, format!("{words} is not known here; try exact, closed, -6 or --wire"));
        }
    }
}
