//! Calls that steer the communities, for programs that run the sandbox as a process.

use http::Method;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::community::Community;
use super::member::MemberRequest;
use crate::asked::Asked;
use crate::reply::Reply;
use crate::state::State;

/// Answers `GET /_control/udap`, `POST /_control/udap/issue` and `POST /_control/udap/revoke`.
pub(crate) async fn answer(state: &State, asked: &Asked) -> Option<Reply> {
    let name = asked.path.strip_prefix("/_control/udap")?;
    let Ok(memberships) = state.udap.memberships().await else {
        return Some(refused("there are no certificates"));
    };
    let communities: Vec<Community> = memberships.iter().map(|one| one.community.clone()).collect();
    match (name, &asked.method) {
        ("", &Method::GET) => {
            let told: Vec<Value> = communities
                .iter()
                .map(|one| json!({"uri": one.uri(), "anchors": one.anchors_pem()}))
                .collect();
            Some(Reply::json(StatusCode::OK, &told))
        }
        ("/issue", &Method::POST) => Some(issue(communities, &asked.body).await),
        ("/revoke", &Method::POST) => Some(revoke(&communities, &asked.body)),
        _ => None,
    }
}

/// `{"uri":"https://app.example/udap"}`, and perhaps `"community"`, `"algorithm":"ES256"`, `"expired":true`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    uri: String,
    community: Option<String>,
    algorithm: Option<String>,
    #[serde(default)]
    expired: bool,
}

async fn issue(communities: Vec<Community>, body: &[u8]) -> Reply {
    let order: Order = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return refused(&format!("expected {{\"uri\":\"URI\"}}: {error}")),
    };
    let Some(community) = find(&communities, order.community.as_deref()) else {
        return refused("the community is not known");
    };
    let mut request = MemberRequest::new(order.uri);
    if let Some(name) = order.algorithm {
        match name.parse() {
            Ok(algorithm) => request = request.algorithm(algorithm),
            Err(_) => return refused("the algorithm is not known"),
        }
    }
    if order.expired {
        request = request.expired();
    }
    let community = community.clone();
    match tokio::task::spawn_blocking(move || community.issue_as(&request)).await {
        Ok(Ok(member)) => {
            let serial: String = member.serial().iter().map(|byte| format!("{byte:02x}")).collect();
            let told = json!({"chain": member.chain_pem(), "key": *member.key().to_pem(), "serial": serial});
            Reply::json(StatusCode::OK, &told).no_store()
        }
        Ok(Err(error)) => refused(&error.to_string()),
        Err(_) => refused("the sandbox stops"),
    }
}

/// `{"serial":"4a…"}` in hexadecimal, and perhaps `"community"`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    serial: String,
    community: Option<String>,
}

fn revoke(communities: &[Community], body: &[u8]) -> Reply {
    let order: Withdrawal = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return refused(&format!("expected {{\"serial\":\"HEX\"}}: {error}")),
    };
    let Some(community) = find(communities, order.community.as_deref()) else {
        return refused("the community is not known");
    };
    match bytes(&order.serial) {
        Some(serial) => {
            community.revoke(&serial);
            Reply::new(StatusCode::NO_CONTENT)
        }
        None => refused("the serial number is not hexadecimal"),
    }
}

fn find<'a>(communities: &'a [Community], uri: Option<&str>) -> Option<&'a Community> {
    match uri {
        None => communities.first(),
        Some(uri) => communities.iter().find(|one| one.uri() == uri),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect())
}

fn refused(text: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": text}))
}
