//! A number and its noun.

/// `1 row`, `2 rows`: for nouns that take an s.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let told: Vec<String> = (0..3).map(|number| counted(number, "row")).collect();
        assert_eq!(told, ["0 rows", "1 row", "2 rows"]);
    }
}
