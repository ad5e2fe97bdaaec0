//! The answers that a registration is read from, once it was managed (RFC 7592).

use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;
use zeroize::Zeroizing;

use super::answer::Answer;
use super::answer::Trial;
use super::error::RegistrationError;
use super::registration::Registration;
use super::registration::SecretExpiry;
use crate::json::JsonObject;
use crate::secret::ClientSecret;
use crate::secret::RegistrationAccessToken;

/// The answers of which something still stands, oldest first.
///
/// A server shows a secret once and a token when it likes. So an earlier answer is kept, byte for byte, as long as
/// anything is read from it: a registration is what the last answer says, and of what it does not show the last that
/// was shown.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    list: Vec<Answer>,
}

impl Answers {
    /// The answers that a store has kept, oldest first.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { list: answers.into_iter().collect() }
    }

    /// Reads the registration.
    ///
    /// # Errors
    /// [`RegistrationError`] when there is no answer, or one that holds no client.
    pub fn read(
        &self,
        endpoint: &str,
        requested: impl Into<Arc<Map<String, Value>>>,
    ) -> Result<Registration, RegistrationError> {
        read(self.list.iter(), endpoint, &requested.into())
    }

    /// Adds the answer that came last, and drops those of which nothing stands any more.
    pub fn add(&mut self, requested: &Arc<Map<String, Value>>, mut answer: Answer) {
        // What is known of a value holds wherever it comes again, such as a hash at every read.
        for earlier in &self.list {
            if text_of(earlier, TOKEN).is_some_and(|text| holds(&answer, TOKEN, &text)) {
                answer.token = earlier.token;
            }
            if text_of(earlier, SECRET).is_some_and(|text| holds(&answer, SECRET, &text)) {
                answer.secret = earlier.secret;
            }
        }
        self.list.push(answer);
        self.prune(requested);
    }

    /// Writes down whether the server took this registration access token.
    pub fn mark_token(&mut self, token: &RegistrationAccessToken, trial: Trial) {
        for answer in &mut self.list {
            if holds(answer, TOKEN, token.expose_secret()) {
                answer.token = trial;
            }
        }
    }

    /// What is known of this registration access token.
    #[must_use]
    pub fn trial_of_token(&self, token: &RegistrationAccessToken) -> Trial {
        let holding = self.list.iter().rev().find(|answer| holds(answer, TOKEN, token.expose_secret()));
        holding.map_or(Trial::Untried, |answer| answer.token)
    }

    /// Writes down whether the server took this client secret.
    pub fn mark_secret(&mut self, secret: &ClientSecret, trial: Trial) {
        for answer in &mut self.list {
            if holds(answer, SECRET, secret.expose_secret()) {
                answer.secret = trial;
            }
        }
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<&Answer> {
        self.list.last()
    }

    /// The earlier ones and the last one, to be stored.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<Answer>, Option<Answer>) {
        let last = self.list.pop();
        (self.list, last)
    }

    /// An answer goes when the registration reads the same without it.
    fn prune(&mut self, requested: &Arc<Map<String, Value>>) {
        let Ok(whole) = read(self.list.iter(), "", requested) else { return };
        let mut at = 0;
        while at + 1 < self.list.len() {
            let others = self.list.iter().enumerate().filter(|(place, _)| *place != at);
            match read(others.map(|(_, answer)| answer), "", requested) {
                Ok(less) if reads_the_same(&less, &whole) => {
                    self.list.remove(at);
                }
                Ok(_) | Err(_) => at += 1,
            }
        }
    }
}

fn read<'a>(
    answers: impl Iterator<Item = &'a Answer>,
    endpoint: &str,
    requested: &Arc<Map<String, Value>>,
) -> Result<Registration, RegistrationError> {
    let mut held: Option<Registration> = None;
    for answer in answers {
        let read = Registration::read_over(endpoint, Arc::clone(requested), answer.clone(), held.as_ref())?;
        held = Some(read);
    }
    held.ok_or_else(|| RegistrationError::no_answer(endpoint))
}

/// All that is used later; what was odd about an old answer is not.
fn reads_the_same(a: &Registration, b: &Registration) -> bool {
    fn told(registration: &Registration) -> impl PartialEq {
        let secret = |secret: Option<&ClientSecret>| secret.map(|s| s.expose_secret().to_owned());
        let token = |token: Option<&RegistrationAccessToken>| token.map(|t| t.expose_secret().to_owned());
        let expiry: SecretExpiry = registration.client_secret_expires_at;
        (
            registration.client_id.clone(),
            (secret(registration.client_secret()), secret(registration.superseded_secret()), expiry),
            (token(registration.registration_access_token()), token(registration.superseded_token())),
            registration.registration_client_uri.clone(),
            registration.client_id_issued_at,
            registration.registered.clone(),
        )
    }
    told(a) == told(b)
}

fn holds(answer: &Answer, member: &str, text: &str) -> bool {
    text_of(answer, member).is_some_and(|found| *found == text || found.trim() == text)
}

fn text_of(answer: &Answer, member: &str) -> Option<Zeroizing<String>> {
    let object = JsonObject::parse(answer.expose_body()).ok()?;
    match object.members.get(member)? {
        Value::String(text) => Some(Zeroizing::new(text.clone())),
        Value::Number(number) => Some(Zeroizing::new(number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

const TOKEN: &str = "registration_access_token";
const SECRET: &str = "client_secret";
