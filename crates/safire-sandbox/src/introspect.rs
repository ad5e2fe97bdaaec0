//! Introspection, RFC 7662 with SMART App Launch 2.2 "Token introspection".

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::asked::Asked;
use crate::clock::now;
use crate::fault::Strike;
use crate::grant::Grant;
use crate::launch::STYLE_PATH;
use crate::lock::lock;
use crate::profile::Asker;
use crate::reply::Reply;
use crate::state::State;
use crate::token::Form;
use crate::token::Refusal;
use crate::token::authenticate;

/// Whose tokens somebody may ask about.
enum Sight {
    All,
    /// A client without authentication cannot show who it is, so it sees what it was given and no more.
    Own(String),
}

/// Says whether a token is good, and for what.
pub(crate) fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Reply {
    let form = match Form::read(asked) {
        Ok(form) => form,
        Err(refusal) => return refusal.reply(state),
    };
    let sight = match sight(state, asked, &form) {
        Ok(sight) => sight,
        Err(reply) => return *reply,
    };
    let token = match form.required("token") {
        Ok(token) => token,
        Err(refusal) => return refusal.reply(state),
    };
    state.count(|counters| &counters.introspections);
    // RFC 7662 §2.2: of a token that is not good, nothing else is told.
    let mut members =
        found(state, token, &sight).unwrap_or_else(|| Map::from_iter([("active".to_owned(), json!(false))]));
    if let Some(strike) = strike {
        strike.edit(&mut members);
    }
    Reply::json(StatusCode::OK, &members).no_store()
}

fn sight(state: &State, asked: &Asked, form: &Form) -> Result<Sight, Box<Reply>> {
    let good = |token: &str| lock(&state.grants).active_access(token, now()).is_some();
    match (asked.authorization("Bearer"), state.profile.introspection) {
        (Some(token), Asker::Anybody | Asker::Bearer) if good(token) => return Ok(Sight::All),
        (Some(_), Asker::Anybody | Asker::Bearer) | (None, Asker::Bearer) => {}
        (None, Asker::Anybody) => {
            let client = authenticate(state, asked, form)
                .map_err(|refusal: Refusal| Box::new(refusal.reply(state)))?;
            return Ok(if client.method == "none" { Sight::Own(client.id.clone()) } else { Sight::All });
        }
    }
    let reply = Reply::oauth_error(StatusCode::UNAUTHORIZED, "invalid_token", "the access token is not good");
    Err(Box::new(
        reply.with_header(WWW_AUTHENTICATE, "Bearer realm=\"safire-sandbox\", error=\"invalid_token\""),
    ))
}

fn found(state: &State, token: &str, sight: &Sight) -> Option<Map<String, Value>> {
    let grants = lock(&state.grants);
    let seen = |grant: &Grant| match sight {
        Sight::All => true,
        Sight::Own(client_id) => grant.client_id == *client_id,
    };
    if let Some(access) = grants.active_access(token, now()) {
        let mut members = told(state, &access.grant, &access.scope);
        members.insert("token_type".to_owned(), json!("Bearer"));
        members.insert("iat".to_owned(), json!(access.issued_at));
        members.insert("exp".to_owned(), json!(access.expires_at));
        if !access.with_id_token {
            members.shift_remove("fhirUser");
        }
        return seen(&access.grant).then_some(members);
    }
    let refresh = grants.refresh.get(token)?;
    if refresh.spent || !refresh.grant.is_alive() || !seen(&refresh.grant) {
        return None;
    }
    let mut members = told(state, &refresh.grant, &refresh.grant.scope);
    members.insert("iat".to_owned(), json!(refresh.issued_at));
    Some(members)
}

/// What is told of the login, and of the launch context of the token answer.
fn told(state: &State, grant: &Grant, scope: &str) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("active", json!(true));
    put("client_id", json!(grant.client_id));
    put("scope", json!(scope));
    put("iss", json!(state.issuer));
    let Some(login) = &grant.login else {
        put("sub", json!(grant.client_id));
        return members;
    };
    let user = login.sign_in.user;
    put("sub", json!(user.subject));
    if grant.has("fhirUser") {
        put("fhirUser", json!(format!("{}/{}", state.fhir_base(), user.resource)));
    }
    if let Some(patient) = &login.context.patient {
        put("patient", json!(patient));
    }
    if let Some(encounter) = &login.context.encounter {
        put("encounter", json!(encounter));
    }
    if let Some(banner) = login.context.need_patient_banner {
        put("need_patient_banner", json!(banner));
        put("smart_style_url", json!(format!("{}{STYLE_PATH}", state.issuer)));
    }
    members
}
