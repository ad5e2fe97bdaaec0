//! What must not be shown of a text or a JSON value that a server sent.

use std::borrow::Cow;

use serde_json::Value;

/// What stands in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Shorter runs than this carry too little to be a credential, and too much meaning to be hidden.
const TOKEN_LENGTH: usize = 16;

/// Whether a member of this name holds a credential: OAuth names, and the private members of RFC 7518 §6.
pub(crate) fn is_secret_member(name: &str) -> bool {
    matches!(
        name,
        "client_secret"
            | "registration_access_token"
            | "initial_access_token"
            | "access_token"
            | "refresh_token"
            | "id_token"
            | "client_assertion"
            | "assertion"
            | "code_verifier"
            | "device_code"
            | "password"
            | "private_key"
            | "api_key"
            | "authorization"
            | "Authorization"
            | "d"
            | "p"
            | "q"
            | "dp"
            | "dq"
            | "qi"
            | "oth"
            | "k"
    )
}

/// Replaces the values of secret members at any depth.
pub(crate) fn mask_value(value: &mut Value, is_secret: fn(&str) -> bool) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) && !value.is_null() {
                    *value = Value::from(REDACTED);
                } else {
                    mask_value(value, is_secret);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_value(item, is_secret)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Collects the texts under secret members, so that they can be found elsewhere in the same answer.
pub(crate) fn secrets_within<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if let (Value::String(text), true) = (value, is_secret_member(name)) {
                    found.push(text);
                } else {
                    secrets_within(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| secrets_within(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The text without control characters and credentials, its blanks folded, at most `limit` characters long.
pub(crate) fn clean(text: &str, secrets: &[&str], limit: usize) -> String {
    let mut text = Cow::Borrowed(text);
    for secret in secrets {
        // A blank or one-letter "secret" would turn the text into noise.
        if secret.len() >= 4 && text.contains(secret) {
            text = Cow::Owned(text.replace(secret, REDACTED));
        }
    }
    let mut cleaned = String::new();
    let mut expects_secret = false;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !cleaned.is_empty() {
            cleaned.push(' ');
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        if expects_secret && (bare.len() >= TOKEN_LENGTH || bare.contains(|c: char| c.is_ascii_digit())) {
            cleaned.push_str(REDACTED);
        } else {
            push_redacted(&mut cleaned, word);
        }
        expects_secret = ["bearer", "basic", "token", "secret", "assertion"]
            .iter()
            .any(|scheme| bare.eq_ignore_ascii_case(scheme))
            || names_secret(word);
        if cleaned.len() > limit * 4 {
            break;
        }
    }
    clip(cleaned, limit)
}

/// Whether a word is the name of a secret with its sign: `client_secret:` or `client_secret=`.
fn names_secret(word: &str) -> bool {
    let Some(name) = word.strip_suffix([':', '=']) else { return false };
    let name = name.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    name.len() > 2 && is_secret_member(name)
}

/// Adds a word, its token-like runs and what follows `client_secret=` replaced.
fn push_redacted(out: &mut String, word: &str) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '~');
    let mut rest = word;
    let mut after_name = false;
    while let Some(first) = rest.chars().next() {
        let in_run = is_part(first);
        let end = rest.find(|c: char| is_part(c) != in_run).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        if !in_run {
            // The quotes and the sign between a name and its value.
            after_name = after_name && piece.contains([':', '=']);
            out.push_str(piece);
        } else if after_name || is_token_like(piece) {
            out.push_str(REDACTED);
            after_name = false;
        } else {
            out.push_str(piece);
            after_name = piece.len() > 2 && is_secret_member(piece);
        }
        rest = tail;
    }
}

/// Whether a run of letters and digits is more likely random than a word: many digits or changes of case.
fn is_token_like(run: &str) -> bool {
    if run.len() < TOKEN_LENGTH {
        return false;
    }
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let changes = run
        .as_bytes()
        .windows(2)
        .filter(|pair| match pair {
            [a, b] => {
                a.is_ascii_alphabetic()
                    && b.is_ascii_alphabetic()
                    && a.is_ascii_lowercase() != b.is_ascii_lowercase()
            }
            _ => false,
        })
        .count();
    (digits + changes) * 4 >= run.len()
}

fn clip(mut text: String, limit: usize) -> String {
    if let Some((at, _)) = text.char_indices().nth(limit) {
        text.truncate(at);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_tokens_go() {
        for kept in [
            "invalid_client_metadata",
            "RegistrationNotAllowedException",
            "urn:cerner:error:authorization-server:oauth2:unknown-client",
        ] {
            assert_eq!(clean(kept, &[], 300), kept);
        }
        for token in [
            "eyJhbGciOiJSUzM4NCJ9.eyJpc3MiOiJhYmMxMjMifQ",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "9f86d081884c7d659a2feaa0c55ad015",
        ] {
            let shown = clean(&format!("token {token} is unknown"), &[], 300);
            assert!(shown.starts_with("token [redacted]") && shown.ends_with(" is unknown"), "{shown}");
        }
    }

    #[test]
    fn a_value_behind_the_name_of_a_secret_goes() {
        assert_eq!(clean("client_secret=hunter&x=1", &[], 300), "client_secret=[redacted]&x=1");
        assert_eq!(clean("bad \"client_secret\":\"pw\"", &[], 300), "bad \"client_secret\":\"[redacted]\"");
        assert_eq!(clean("Bearer abc123 refused", &[], 300), "Bearer [redacted] refused");
        assert_eq!(clean("bearer token missing", &[], 300), "bearer token missing");
    }

    #[test]
    fn known_secrets_go_and_control_characters_too() {
        assert_eq!(clean("no\u{1b}[31m my-words\nhere", &["my-words"], 300), "no [31m [redacted] here");
        assert_eq!(clean("abcdef", &[], 3), "abc…");
    }
}
