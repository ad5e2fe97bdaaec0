//! The likely cause and the next step, from what real servers mean by their answers.

use std::borrow::Cow;

use super::error::ManagementError;
use super::operation::Operation;
use crate::server_answer::ServerAnswer;

pub(super) fn of(error: &ManagementError) -> Option<Cow<'_, str>> {
    let text = match error {
        ManagementError::NotOffered { .. } => {
            "many servers do not manage registrations (RFC 7592 is optional): change the client in the \
             server's portal, or register again"
        }
        ManagementError::Address(_) => {
            "the server's `registration_client_uri` has to be https, and on a pinned host where hosts are \
             pinned: tell the server's operator, or name the host with `--auth-host` if it is the right one"
        }
        ManagementError::TokenUnusable { .. } => {
            "the server issued a token with characters that no header can carry: tell its operator"
        }
        ManagementError::TokenRefused { .. } => {
            "the token was replaced by one that never arrived, or it was revoked or expired, or the client \
             no longer exists there: servers answer all of these alike. If `safire token` still gets a \
             token, the client lives and only its management is lost; if not, register again"
        }
        ManagementError::Absent { .. } if error.is_gone() => {
            "the server has deleted the client: register again; `safire registration forget` drops the \
             entry here"
        }
        ManagementError::Absent { .. } => {
            "if `safire token` still gets a token, the client lives and this server does not manage \
             registrations: change it in the server's portal; if not, register again"
        }
        ManagementError::NotSupported { .. } => {
            "RFC 7592 is optional, and so is each of its operations: change the client in the server's \
             portal, or register again"
        }
        ManagementError::Refused { operation, answer, .. } => {
            return of_refusal(*operation, answer);
        }
        ManagementError::ErrorInSuccess { operation, answer, .. } => {
            return of_refusal(*operation, answer);
        }
        ManagementError::Redirected { .. } => {
            "often a login page, or the server has moved: its operator knows the present address"
        }
        ManagementError::Unusable { operation: Operation::Update, .. } => {
            "the server may have updated the registration all the same: `safire registration read` shows it"
        }
        ManagementError::Unusable { .. } => {
            "the address may not be the client's own: compare `registration_client_uri` with what the \
             server's operator says"
        }
        ManagementError::OtherClient { .. } => {
            "the server mixes clients up, or the address was changed: nothing of this answer is used; tell \
             its operator"
        }
    };
    Some(Cow::Borrowed(text))
}

fn of_refusal(operation: Operation, answer: &ServerAnswer) -> Option<Cow<'static, str>> {
    let code = answer.error.as_deref().unwrap_or_default();
    let text = match (operation, code, answer.status) {
        (_, _, 429) => match answer.retry_after {
            Some(seconds) => {
                return Some(Cow::Owned(format!("too many requests: wait {seconds} s and try again")));
            }
            None => "too many requests: wait and try again",
        },
        (Operation::Read, _, 500..) => "the server failed; a read changes nothing: try again later",
        (_, _, 500..) => {
            "the server failed, and may have done it all the same: `safire registration read` shows it"
        }
        (Operation::Update, "invalid_redirect_uri", _) => {
            "the server does not accept a redirect URI: an update is held to the same rules as a registration"
        }
        (Operation::Update, "invalid_client_metadata", _) => {
            "the server does not accept a member; an update replaces everything, so begin with what \
             `safire registration show` tells is registered"
        }
        (Operation::Update, _, 400) => {
            "some servers refuse `client_id` or `client_secret` in an update: leave them out \
             (`--without-client-id`, `--without-client-secret`); others refuse members that they wrote themselves"
        }
        _ => return None,
    };
    Some(Cow::Borrowed(text))
}
