//! Faults of a UDAP server: each is one that a client has to catch.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::kind::Act;
use super::kind::Flaw;
use super::kind::Kind;
use super::kind::Scene;
use crate::endpoint::Endpoint;

pub(super) const FAULTS: &[Kind] = &[
    here(
        "expired-certificate",
        Flaw::ExpiredCertificate,
        "the metadata are signed with an expired certificate",
    ),
    here(
        "revoked-certificate",
        Flaw::RevokedCertificate,
        "the metadata are signed with a revoked certificate",
    ),
    here("other-uri-name", Flaw::OtherUriName, "the certificate has another URI name than `iss`"),
    here("other-root", Flaw::OtherRoot, "the chain leads to a root that is not the community's"),
    here("other-key", Flaw::OtherKey, "the signature is by another key than the certificate's"),
    here("alg-hs256", Flaw::SymmetricAlgorithm, "`alg` is HS256, with the public key as the secret"),
    here("no-x5c", Flaw::NoX5c, "the JWT has no `x5c`"),
    here("leaf-only", Flaw::LeafOnly, "`x5c` has the server's certificate alone"),
    here("many-certificates", Flaw::ManyCertificates, "`x5c` has 1,000 certificates"),
    here("unknown-crit", Flaw::UnknownCrit, "`crit` names what nobody knows"),
    here("other-endpoints", Flaw::OtherEndpoints, "the unsigned endpoints are other ones than the signed"),
    here("no-signed-metadata", Flaw::NoSignedMetadata, "`signed_metadata` is missing"),
    here("huge-jwt", Flaw::HugeJwt, "`signed_metadata` has 5 MB"),
    Kind::new("long-life", Act::Edit(long_life), "`exp` is two years after `iat`").at(HERE),
    Kind::new("no-jti", Act::Edit(no_jti), "the JWT has no `jti`").at(HERE),
    Kind::new("other-sub", Act::Edit(other_sub), "`sub` is not `iss`").at(HERE),
    list("expired-list", Flaw::ExpiredList, "the list was to be renewed an hour ago"),
    list("other-list-signer", Flaw::OtherListSigner, "the list is signed by another key of the same name"),
    list("revoked-intermediate", Flaw::RevokedIntermediate, "the root's list names the intermediate"),
    Kind::new(
        "cyclic-issuers",
        Act::Flaw(Flaw::CyclicIssuers),
        "issuers that vouch for each other in a circle; with `udap:leaf-only`",
    )
    .at(&[Endpoint::Aia]),
    Kind::new(
        "replaced-client-id",
        Act::Flaw(Flaw::ReplacedClientId),
        "a modification by UDAP is answered 201 with another `client_id`, as in T25",
    )
    .at(&[Endpoint::Register]),
    Kind::new(
        "cancellation-unconfirmed",
        Act::Flaw(Flaw::CancellationUnconfirmed),
        "a cancellation by UDAP is answered 200 with grants, as in T25",
    )
    .at(&[Endpoint::Register]),
];

const HERE: &[Endpoint] = &[Endpoint::Udap];

const fn here(name: &'static str, flaw: Flaw, summary: &'static str) -> Kind {
    Kind::new(name, Act::Flaw(flaw), summary).at(HERE)
}

const fn list(name: &'static str, flaw: Flaw, summary: &'static str) -> Kind {
    Kind::new(name, Act::Flaw(flaw), summary).at(&[Endpoint::Crl])
}

fn long_life(claims: &mut Map<String, Value>, _: &Scene<'_>) {
    let now = crate::clock::now();
    claims.insert("exp".to_owned(), json!(now.plus_seconds(2 * 365 * 86_400)));
}

fn no_jti(claims: &mut Map<String, Value>, _: &Scene<'_>) {
    claims.shift_remove("jti");
}

fn other_sub(claims: &mut Map<String, Value>, _: &Scene<'_>) {
    claims.insert("sub".to_owned(), json!("https://other.invalid/fhir"));
}
