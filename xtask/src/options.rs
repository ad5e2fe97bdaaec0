//! What was asked on the command line.

use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chore {
    Test(Scope),
    Bench,
    Fleet,
    Crash { kills: u32 },
    Fuzz(FuzzOptions),
    Screenshots,
    Help,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Everything,
    /// All but the tests against real servers.
    Quick,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// All targets where it is absent.
    pub(crate) target: Option<String>,
    /// For each target.
    pub(crate) duration: Duration,
}

pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Chore, String> {
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test"] => Ok(Chore::Test(Scope::Everything)),
        ["test", "--quick"] => Ok(Chore::Test(Scope::Quick)),
        ["bench"] => Ok(Chore::Bench),
        ["fleet"] => Ok(Chore::Fleet),
        ["crash"] => Ok(Chore::Crash { kills: 500 }),
        ["crash", kills] => kills
            .parse()
            .map(|kills| Chore::Crash { kills })
            .map_err(|_| format!("`crash` wants a whole number, not `{kills}`")),
        ["fuzz", rest @ ..] => parse_fuzz(rest).map(Chore::Fuzz),
        ["screenshots"] => Ok(Chore::Screenshots),
        ["help" | "--help" | "-h"] => Ok(Chore::Help),
        [] => Err("which chore".to_owned()),
        words => Err(format!("no such chore: `{}`", words.join(" "))),
    }
}

fn parse_fuzz(mut words: &[&str]) -> Result<FuzzOptions, String> {
    let mut options = FuzzOptions { target: None, duration: Duration::from_secs(60) };
    loop {
        match words {
            [] => return Ok(options),
            ["--seconds", number, rest @ ..] => {
                let seconds = number
                    .parse()
                    .map_err(|_| format!("`--seconds` wants a whole number, not `{number}`"))?;
                options.duration = Duration::from_secs(seconds);
                words = rest;
            }
            [target, rest @ ..] if options.target.is_none() && !target.starts_with('-') => {
                options.target = Some((*target).to_owned());
                words = rest;
            }
            [word, ..] => return Err(format!("`fuzz` does not know `{word}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &str) -> Result<Chore, String> {
        parse(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_chore_is_known() {
        assert_eq!(parse_words("test"), Ok(Chore::Test(Scope::Everything)));
        assert_eq!(parse_words("test --quick"), Ok(Chore::Test(Scope::Quick)));
        assert_eq!(parse_words("bench"), Ok(Chore::Bench));
        assert_eq!(parse_words("screenshots"), Ok(Chore::Screenshots));
        assert_eq!(parse_words("--help"), Ok(Chore::Help));
    }

    #[test]
    fn fuzz_takes_its_options_in_any_order() {
        let wanted =
            Chore::Fuzz(FuzzOptions { target: Some("jwk".to_owned()), duration: Duration::from_secs(5) });
        assert_eq!(parse_words("fuzz jwk --seconds 5").as_ref(), Ok(&wanted));
        assert_eq!(parse_words("fuzz --seconds 5 jwk").as_ref(), Ok(&wanted));
        let all = Chore::Fuzz(FuzzOptions { target: None, duration: Duration::from_secs(60) });
        assert_eq!(parse_words("fuzz"), Ok(all));
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for words in [
            "",
            "tset",
            "test --slow",
            "screenshots all",
            "fuzz a b",
            "fuzz --seconds",
            "fuzz --seconds many",
        ] {
            assert!(parse_words(words).is_err(), "{words}");
        }
    }
}
