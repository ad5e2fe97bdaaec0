//! Text that was typed and that may hold a secret.

use std::fmt;

use zeroize::Zeroizing;

/// Text that was typed and that may hold a secret: it prints nothing and is wiped when dropped.
#[derive(Clone)]
pub(crate) struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text itself.
    pub(crate) fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::args::Cli;

    #[test]
    fn the_command_line_prints_without_its_secrets() {
        let cli = Cli::try_parse_from([
            "safire",
            "register",
            "https://fhir.example.com",
            "--authorization",
            "Bearer planted-1",
            "--store",
            "postgres://user:planted-2@db.example.com/safire",
        ]);
        let printed = format!("{:?}", cli.unwrap());
        assert!(printed.contains("[redacted]") && !printed.contains("planted"), "{printed}");
        let cli = Cli::try_parse_from(["safire", "sandbox", "--require-initial-access-token", "planted-3"]);
        let printed = format!("{:?}", cli.unwrap());
        assert!(!printed.contains("planted"), "{printed}");
    }

    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
