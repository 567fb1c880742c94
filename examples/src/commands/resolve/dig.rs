//! What dig's options are called here, for fingers that know dig.

/// dig's word, without `+` and `no`, and ours.
const TABLE: &[(&str, &str)] = &[
    ("short", "--short"),
    ("tcp", "--tcp"),
    ("vc", "--tcp"),
    ("dnssec", "--dnssec"),
    ("do", "--dnssec"),
    ("cookie", "--cookie[=HEX]"),
    ("subnet", "--subnet PREFIX"),
    ("nsid", "--nsid"),
    ("recurse", "--no-recurse, for +norecurse"),
    ("rec", "--no-recurse, for +norec"),
    ("cdflag", "--cd"),
    ("cd", "--cd"),
    ("adflag", "--ad"),
    ("ad", "--ad"),
    ("edns", "--bufsize 0, for +noedns"),
    ("bufsize", "--bufsize N"),
    ("time", "--timeout SECONDS, for all tries together"),
    ("timeout", "--timeout SECONDS, for all tries together"),
    ("tries", "--tries N"),
    ("retry", "--tries N, and N is one more"),
    ("search", "--search"),
    ("stats", "--time"),
    ("all", "-v"),
    ("json", "--json"),
    ("yaml", "--json"),
];

/// A sentence for a word of dig's, such as `+short` or `+time=2`.
pub(super) fn hint(word: &str) -> String {
    let name = word.trim_start_matches('+').split('=').next().unwrap_or_default();
    let known = |name: &str| TABLE.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(name));
    match known(name).or_else(|| known(name.strip_prefix("no")?)) {
        Some((_, ours)) => format!("{word:?} is dig's: here it is {ours}"),
        None => format!("{word:?} is dig's, and has no equal here; --help has what there is"),
    }
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn words_of_dig() {
        assert_eq!(hint("+short"), "\"+short\" is dig's: here it is --short");
        assert!(hint("+norec").ends_with("--no-recurse, for +norec"));
        assert!(hint("+time=2").contains("--timeout"));
        assert!(hint("+nssearch").contains("no equal"));
    }
}
