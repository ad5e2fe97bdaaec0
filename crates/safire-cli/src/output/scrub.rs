//! Secrets that this run has in hand are taken out of everything that goes to stderr, for a server may repeat
//! what it was sent in the middle of a sentence.

use std::borrow::Cow;
use std::io;
use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;

use zeroize::Zeroizing;

/// Shorter texts are words, and taking them out would garble the message.
const SHORTEST: usize = 8;

static KNOWN: Mutex<Vec<Zeroizing<String>>> = Mutex::new(Vec::new());

/// Remembers a secret for as long as the process lives.
pub(crate) fn never_show(secret: &str) {
    if secret.len() >= SHORTEST {
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).push(Zeroizing::new(secret.to_owned()));
    }
}

/// The text without what is known to be secret.
pub(crate) fn scrubbed(text: &str) -> Cow<'_, str> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut shown = Cow::Borrowed(text);
    for secret in known.iter().filter(|secret| text.contains(secret.as_str())) {
        shown = Cow::Owned(shown.replace(secret.as_str(), "[redacted]"));
    }
    shown
}

/// Stderr for logs: one write is one line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScrubbedStderr;

impl Write for ScrubbedStderr {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        io::stderr().write_all(scrubbed(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_secrets_are_taken_out_and_words_are_not() {
        never_show("long-enough-to-know");
        never_show("short");
        assert_eq!(scrubbed("said long-enough-to-know in short"), "said [redacted] in short");
    }
}
