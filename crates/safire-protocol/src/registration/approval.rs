//! A server may register a client at once and let it in only when a person has approved it.

use super::answer::AnswerTo;
use super::registration::Registration;

impl Registration {
    /// Whether an administrator of the server has to approve the client before it gets a token.
    ///
    /// No specification has a word for it. It is known of status 202, and of `OpenEMR`: it writes `client_role`, answers
    /// as for any other client, and leaves confidential clients and those with a launch scope disabled.
    #[must_use]
    pub fn awaits_approval(&self) -> bool {
        if self.answer.to != AnswerTo::Registration {
            return false;
        }
        let of_openemr = self.registered.contains_key("client_role");
        let launches = || self.granted().scope.as_deref().is_some_and(|scope| scope.contains("launch"));
        self.status() == Some(202) || (of_openemr && (self.client_secret.is_some() || launches()))
    }
}
