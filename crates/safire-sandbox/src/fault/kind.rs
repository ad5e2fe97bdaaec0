//! What a fault is.

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use super::authorize;
use super::discovery;
use super::fhir;
use super::http;
use super::id_token;
use super::json;
use super::registration;
use super::token;
use super::udap;
use super::wire;
use crate::endpoint::Endpoint;
use crate::reply::Reply;

/// A fault, as `--list-faults` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FaultInfo {
    /// Its name in a fault specification.
    pub name: &'static str,
    /// Where it occurs.
    pub endpoints: &'static [Endpoint],
    /// What it does.
    pub summary: &'static str,
}

/// Every fault there is.
#[must_use]
pub fn faults() -> Vec<FaultInfo> {
    all()
        .map(|kind| FaultInfo { name: kind.name, endpoints: kind.endpoints, summary: kind.summary })
        .collect()
}

/// One row of the table.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) endpoints: &'static [Endpoint],
    pub(super) value: Wants,
    pub(super) act: Act,
    pub(super) summary: &'static str,
}

/// Whether a value follows the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Nothing,
    PerhapsDuration,
    PerhapsUrl,
    Url,
    Code,
}

/// What a fault does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Waits before the request is handled.
    Wait,
    /// Ends the connection without an answer; the request is not handled.
    Close,
    /// Answers in place of the endpoint, or lets the request pass.
    Instead(fn(&Scene<'_>) -> Option<Reply>),
    /// Changes the JSON object of a success before it is kept and sent.
    Edit(fn(&mut Map<String, Value>, &Scene<'_>)),
    /// Changes the finished answer.
    After(fn(Reply, &Scene<'_>) -> Reply),
    /// Redirects with the error of its value, before anybody logs in.
    Refuse,
    /// Signs an id token, or the metadata of a UDAP server, wrongly.
    Forge(Forgery),
    /// Gets a thing of UDAP wrong.
    Flaw(
        #[cfg_attr(
            not(feature = "udap"),
            expect(dead_code, reason = "without UDAP nothing of it goes wrong")
        )]
        Flaw,
    ),
}

/// What is wrong with an id token around its claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgery {
    /// `alg` is `none`, and there is no signature.
    AlgNone,
    /// `kid` names a key that is not published.
    UnknownKid,
    /// The signature is of other bytes.
    BadSignature,
}

/// What is wrong with certificates, lists and registrations of UDAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    ExpiredCertificate,
    RevokedCertificate,
    OtherUriName,
    OtherRoot,
    OtherKey,
    SymmetricAlgorithm,
    NoX5c,
    LeafOnly,
    ManyCertificates,
    UnknownCrit,
    OtherEndpoints,
    NoSignedMetadata,
    HugeJwt,
    ExpiredList,
    OtherListSigner,
    RevokedIntermediate,
    CyclicIssuers,
    ReplacedClientId,
    CancellationUnconfirmed,
}

/// What a fault gets to see.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) origin: &'a str,
    pub(crate) path: &'a str,
    pub(crate) value: Option<&'a str>,
    /// The request's body.
    pub(crate) body: &'a [u8],
    /// How often this fault has struck before.
    pub(crate) before: u64,
}

impl Kind {
    pub(super) const fn new(name: &'static str, act: Act, summary: &'static str) -> Self {
        Self { name, endpoints: &Endpoint::SERVED, value: Wants::Nothing, act, summary }
    }

    pub(super) const fn at(mut self, endpoints: &'static [Endpoint]) -> Self {
        self.endpoints = endpoints;
        self
    }

    pub(super) const fn wants(mut self, value: Wants) -> Self {
        self.value = value;
        self
    }
}

/// The whole table.
pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    [
        wire::FAULTS,
        http::FAULTS,
        json::FAULTS,
        discovery::FAULTS,
        registration::FAULTS,
        authorize::FAULTS,
        token::FAULTS,
        id_token::FAULTS,
        fhir::FAULTS,
        udap::FAULTS,
    ]
    .into_iter()
    .flatten()
}
