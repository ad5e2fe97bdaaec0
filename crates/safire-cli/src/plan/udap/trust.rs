//! Whom to trust: what was said now, else what a registration keeps.

use std::path::PathBuf;

use safire::Error;
use safire::protocol::jose::Algorithm;
use safire::protocol::pki::Certificate;
use safire::protocol::pki::CertificateError;
use safire::protocol::pki::Chain;
use safire::protocol::pki::Policy;
use safire::protocol::pki::TrustAnchors;
use safire::protocol::pki::TrustCommunity;
use safire::protocol::udap::CommunityUri;
use safire::protocol::udap::IdentityError;
use safire::store::KeptTrust;
use safire::store::Record;
use safire::udap::UdapTrust;

use super::certificates::certificates;
use super::certificates::lists;
use crate::args::RevocationPolicy;
use crate::args::TrustArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::plan::Connection;

/// Whom to trust, ready for use, and what of it is kept with a registration.
#[derive(Debug)]
pub(crate) struct Trust {
    pub(crate) trust: UdapTrust,
    pub(crate) kept: KeptTrust,
}

impl Trust {
    /// What was said.
    pub(crate) fn plan(args: &TrustArgs, connection: &Connection, output: Output) -> Result<Self, Failure> {
        Self::of(args, &KeptTrust::default(), None, connection, output)
    }

    /// What was said, else what the registration keeps.
    pub(crate) fn of_record(
        args: &TrustArgs,
        record: &Record,
        connection: &Connection,
        output: Output,
    ) -> Result<Self, Failure> {
        let settings = &record.content.settings;
        let community = settings.udap.as_ref().and_then(|bound| bound.community.as_deref());
        let kept = settings.udap_trust.clone().unwrap_or_default();
        Self::of(args, &kept, community, connection, output)
    }

    fn of(
        args: &TrustArgs,
        before: &KeptTrust,
        community: Option<&str>,
        connection: &Connection,
        output: Output,
    ) -> Result<Self, Failure> {
        let uri = CommunityUri::parse_optional(args.community.as_deref().or(community));
        let uri = uri.map_err(Error::from)?;
        let anchors = certificates_of("anchor file", &args.anchors, &before.anchors)?;
        if anchors.is_empty() {
            return Err(Failure::Usage {
                code: "trust-no-anchors",
                message: "nobody is trusted: no anchor is known".to_owned(),
                hint: Some(
                    "give the root certificates of the trust community with `--anchors FILE`; `safire udap register` keeps them with the registration"
                        .to_owned(),
                ),
            });
        }
        let intermediates = certificates_of("intermediate file", &args.intermediates, &before.intermediates)?;
        let crls = if args.crl.is_empty() { before.revocation_lists.clone() } else { absolute(&args.crl)? };
        let revocation = match args.revocation {
            Some(policy) => policy,
            None => kept_policy(before)?,
        };
        let algorithms = algorithms(args, before)?;
        let kept = kept(&anchors, &intermediates, &crls, revocation, &algorithms)?;
        warn(revocation, output);
        let name = uri.as_ref().map_or("unnamed", CommunityUri::as_str);
        let community = TrustCommunity::new(name, TrustAnchors::new(anchors))
            .intermediates(intermediates)
            .crls(lists(&crls)?)
            .policy(policy(revocation));
        let mut trust = UdapTrust::new(community).evidence_transport(connection.evidence()?);
        if let Some(uri) = uri {
            trust = trust.community_uri(uri);
        }
        if !algorithms.is_empty() {
            trust = trust.metadata_algorithms(algorithms);
        }
        Ok(Self { trust, kept })
    }
}

fn certificates_of(what: &str, given: &[PathBuf], kept: &[String]) -> Result<Vec<Certificate>, Failure> {
    if !given.is_empty() {
        return certificates(what, given);
    }
    let unreadable = |error: CertificateError| Error::from(IdentityError::Certificate(error));
    let read = kept.iter().map(|text| Ok(Chain::from_x5c(&[text]).map_err(unreadable)?.leaf().clone()));
    read.collect()
}

/// They are read from another folder next time.
fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let absolute = |path: &PathBuf| {
        std::path::absolute(path).map_err(|cause| Failure::file("revocation list", path, &cause))
    };
    paths.iter().map(absolute).collect()
}

fn algorithms(args: &TrustArgs, before: &KeptTrust) -> Result<Vec<Algorithm>, Failure> {
    if args.metadata_alg.is_empty() {
        return Ok(before.metadata_algorithms.clone());
    }
    args.metadata_alg.iter().map(|name| algorithm("--metadata-alg", name)).collect()
}

/// An algorithm that an option names.
pub(super) fn algorithm(option: &str, name: &str) -> Result<Algorithm, Failure> {
    name.parse().map_err(|_| {
        Failure::usage(format!("`{option} {name}` names no algorithm"), "such as `RS256` or `ES384`")
    })
}

fn kept(
    anchors: &[Certificate],
    intermediates: &[Certificate],
    crls: &[PathBuf],
    revocation: RevocationPolicy,
    algorithms: &[Algorithm],
) -> Result<KeptTrust, Failure> {
    let mut kept = KeptTrust::default();
    kept.anchors = base64(anchors)?;
    kept.intermediates = base64(intermediates)?;
    kept.revocation_lists = crls.to_vec();
    kept.revocation = name_of(revocation).map(str::to_owned);
    kept.metadata_algorithms = algorithms.to_vec();
    Ok(kept)
}

fn base64(certificates: &[Certificate]) -> Result<Vec<String>, Failure> {
    let mut all = Vec::with_capacity(certificates.len());
    for certificate in certificates {
        let chain = Chain::new(certificate.clone(), Vec::new());
        let chain = chain.map_err(|error| Error::from(IdentityError::Certificate(error)))?;
        all.extend(chain.to_x5c());
    }
    Ok(all)
}

const UNKNOWN_ACCEPTED: &str = "unknown-accepted";
const NOT_CHECKED: &str = "not-checked-for-testing";

const fn name_of(policy: RevocationPolicy) -> Option<&'static str> {
    match policy {
        RevocationPolicy::Required => None,
        RevocationPolicy::UnknownAccepted => Some(UNKNOWN_ACCEPTED),
        RevocationPolicy::NotCheckedForTesting => Some(NOT_CHECKED),
    }
}

/// What is not understood is not taken for a softer policy.
fn kept_policy(before: &KeptTrust) -> Result<RevocationPolicy, Failure> {
    match before.revocation.as_deref() {
        None => Ok(RevocationPolicy::Required),
        Some(UNKNOWN_ACCEPTED) => Ok(RevocationPolicy::UnknownAccepted),
        Some(NOT_CHECKED) => Ok(RevocationPolicy::NotCheckedForTesting),
        Some(other) => Err(Failure::usage(
            format!("the registration keeps a policy on revocation that is not known here: `{other}`"),
            "say which is meant with `--revocation`",
        )),
    }
}

fn policy(revocation: RevocationPolicy) -> Policy {
    match revocation {
        RevocationPolicy::Required => Policy::strict(),
        RevocationPolicy::UnknownAccepted => Policy::strict().accepting_unknown_revocation_status(),
        RevocationPolicy::NotCheckedForTesting => Policy::strict().without_revocation_checks_for_testing(),
    }
}

fn warn(revocation: RevocationPolicy, output: Output) {
    match revocation {
        RevocationPolicy::Required => {}
        RevocationPolicy::UnknownAccepted => {
            output.note("warning", "certificates of which nobody says whether they are revoked are accepted")
        }
        RevocationPolicy::NotCheckedForTesting => {
            output.note("warning", "nobody is asked whether certificates are revoked; this is for tests");
        }
    }
}
