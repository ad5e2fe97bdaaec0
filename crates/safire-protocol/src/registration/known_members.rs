//! The members of an answer that are understood, placed in one pass: by name each would cost a hash.

use serde_json::Map;
use serde_json::Value;

/// The members of an answer. Finding one that is understood compares its name and hashes nothing.
#[derive(Clone, Copy)]
pub(super) struct KnownMembers<'a> {
    all: &'a Map<String, Value>,
    known: [Option<&'a Value>; PLACES],
}

impl<'a> KnownMembers<'a> {
    pub(super) fn of(members: &'a Map<String, Value>) -> Self {
        let mut known = [None; PLACES];
        for (name, value) in members {
            if let Some(place) = place_of(name).and_then(|place| known.get_mut(place)) {
                *place = Some(value);
            }
        }
        Self { all: members, known }
    }

    /// The member of that name, whichever it is.
    #[inline]
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        match place_of(name) {
            Some(place) => self.known.get(place).copied()?,
            None => self.all.get(name),
        }
    }
}

/// RFC 7591 §2 and §3.2.1, RFC 7592 §3.
#[inline]
fn place_of(name: &str) -> Option<usize> {
    Some(match name {
        "client_id" => 0,
        "client_secret" => 1,
        "client_id_issued_at" => 2,
        "client_secret_expires_at" => 3,
        "registration_client_uri" => 4,
        "registration_access_token" => 5,
        "redirect_uris" => 6,
        "token_endpoint_auth_method" => 7,
        "grant_types" => 8,
        "response_types" => 9,
        "client_name" => 10,
        "client_uri" => 11,
        "logo_uri" => 12,
        "scope" => 13,
        "scopes" => 14,
        "contacts" => 15,
        "tos_uri" => 16,
        "policy_uri" => 17,
        "jwks_uri" => 18,
        "jwks" => 19,
        "software_id" => 20,
        "software_version" => 21,
        _ => return None,
    })
}

const PLACES: usize = 22;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name that has a place, and some that have none.
    const NAMES: [&str; 26] = [
        "client_id",
        "client_secret",
        "client_id_issued_at",
        "client_secret_expires_at",
        "registration_client_uri",
        "registration_access_token",
        "redirect_uris",
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "client_name",
        "client_uri",
        "logo_uri",
        "scope",
        "scopes",
        "contacts",
        "tos_uri",
        "policy_uri",
        "jwks_uri",
        "jwks",
        "software_id",
        "software_version",
        "client_name#fr",
        "Client_id",
        "",
        "client_role",
    ];

    #[test]
    fn each_member_is_found_by_its_name_and_none_by_another() {
        for left_out in NAMES {
            let there = NAMES.iter().filter(|name| **name != left_out);
            let members: Map<String, Value> =
                there.map(|name| ((*name).to_owned(), Value::from(*name))).collect();
            let known = KnownMembers::of(&members);
            for name in NAMES {
                assert_eq!(known.get(name), members.get(name), "`{name}` without `{left_out}`");
            }
        }
    }

    #[test]
    fn each_place_is_used_once() {
        let mut places: Vec<usize> = NAMES.iter().filter_map(|name| place_of(name)).collect();
        places.sort_unstable();
        assert_eq!(places, (0..PLACES).collect::<Vec<_>>());
    }
}
