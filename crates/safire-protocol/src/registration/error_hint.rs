//! The likely cause of a refusal and the next step, from what real servers mean by their answers.

use std::borrow::Cow;

use super::error::Asked;
use super::error::AskedAuthorization;
use super::error::AskedGrants;
use crate::client_profile::ClientProfile;
use crate::server_answer::ServerAnswer;

pub(super) fn of_refusal(answer: &ServerAnswer, asked: Asked) -> Option<Cow<'static, str>> {
    let code = answer.error.as_deref().unwrap_or_default();
    if asked.grants == AskedGrants::BareClientCredentials
        && matches!(code, "invalid_redirect_uri" | "invalid_client_metadata" | "invalid_request")
    {
        return Some(Cow::Borrowed(
            "some servers take a client of `client_credentials` alone only with an empty `response_types` \
             (`--set response_types=[]`), others only with a redirect URI",
        ));
    }
    let text = match (code, answer.status) {
        ("invalid_redirect_uri", _) => {
            "the server does not accept a redirect URI: many want https, an exact match with what is on file \
             there, or no loopback address for this kind of client"
        }
        ("invalid_software_statement" | "unapproved_software_statement", _) => {
            "the software statement is expired, wrongly signed, or its issuer is not approved at this server"
        }
        ("invalid_client_metadata", _) => {
            "the server does not accept a member: compare scopes, grants and the authentication method with \
             its discovery document (`safire discover`)"
        }
        (_, 429) => match answer.retry_after {
            Some(seconds) => {
                return Some(Cow::Owned(format!("too many requests: wait {seconds} s and try again")));
            }
            None => "too many requests: wait and try again",
        },
        ("invalid_token" | "access_denied", _) | (_, 401 | 403) => return Some(of_denial(asked)),
        (_, 404 | 405 | 410 | 501) => {
            "this server offers no dynamic registration at this address: give the right one with \
             `--registration-endpoint`, or register in its portal and use `safire registration add`"
        }
        (_, 500..) => {
            "the server failed, and may have registered the client all the same: look there before you \
             register again"
        }
        _ => return None,
    };
    Some(Cow::Borrowed(text))
}

fn of_denial(asked: Asked) -> Cow<'static, str> {
    match asked.profile {
        ClientProfile::Standard => {}
        ClientProfile::EpicDynamic => {
            return Cow::Borrowed(
                "the access token must be of a login at this very site with the app's own client id, and not have \
                 ended; the app's build must allow dynamic clients and the grant `jwt-bearer`",
            );
        }
    }
    Cow::Borrowed(match asked.authorization {
        Some(AskedAuthorization::Sent) => {
            "the initial access token is wrong, expired or used up, or the server registers only clients on \
             its allow-list: ask its operator, or register in its portal and use the manual client id with \
             `safire registration add`"
        }
        Some(AskedAuthorization::NotSent) | None => {
            "the server wants an initial access token (`--authorization`), or registers only clients on its \
             allow-list: ask its operator, or register in its portal and use the manual client id with \
             `safire registration add`"
        }
    })
}
