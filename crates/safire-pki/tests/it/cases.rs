use rcgen::BasicConstraints;
use rcgen::CrlDistributionPoint;
use rcgen::CrlIssuingDistributionPoint;
use rcgen::CrlScope;
use rcgen::GeneralSubtree;
use rcgen::IsCa;
use rcgen::KeyUsagePurpose;
use rcgen::NameConstraints;
use rcgen::RevocationReason;
use rcgen::SanType;
use rcgen::date_time_ymd;

use crate::keys;
use crate::keys::rsa;
use crate::patches;
use crate::twin::Day;
use crate::twin::LEAF_SERIAL;
use crate::twin::List;
use crate::twin::SUB_SERIAL;
use crate::twin::Twin;
use crate::twin::unknown_extension;
use crate::twin::uri;
use crate::verdict::NO_NAME;

/// A twin with a change, and what must come of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) change: fn(&mut Twin),
    /// The code of the failure and a part of its message; nothing where it is accepted.
    pub(crate) refused: Option<(&'static str, &'static str)>,
}

const fn refused(name: &'static str, code: &'static str, says: &'static str, change: fn(&mut Twin)) -> Case {
    Case { name, change, refused: Some((code, says)) }
}

const fn accepted(name: &'static str, change: fn(&mut Twin)) -> Case {
    Case { name, change, refused: None }
}

const fn wrong_name(name: &'static str, says: &'static str, change: fn(&mut Twin)) -> Case {
    Case { name, change, refused: Some((NO_NAME, says)) }
}

/// Paths and certificates.
pub(crate) fn path_mutations() -> Vec<Case> {
    vec![
        refused("issuer-swapped", "trust-signature-wrong", "not signed by the key of `CN=", |t| {
            t.leaf_signer = Some(rsa(3))
        }),
        refused("root-swapped", "trust-signature-wrong", "not signed by the key of `CN=", |t| {
            t.anchor_key = Some(rsa(3))
        }),
        refused("intermediate-missing", "trust-issuer-not-found", "neither an anchor nor known", |t| {
            t.sends_sub = false
        }),
        refused("root-of-another", "trust-issuer-not-found", "neither an anchor nor known", |t| {
            t.foreign_anchor = true;
        }),
        refused("own-root-sent-along", "trust-root-not-trusted", "none of the anchors", |t| {
            t.foreign_anchor = true;
            t.sends_root = true;
        }),
        refused("leaf-expired", "trust-expired", "expired at 2024-05-31T00:00:00Z", |t| {
            t.leaf.not_after = date_time_ymd(2024, 5, 31);
        }),
        refused("leaf-of-the-future", "trust-not-valid-yet", "valid only from 2024-06-02", |t| {
            t.leaf.not_before = date_time_ymd(2024, 6, 2);
        }),
        refused("intermediate-expired", "trust-expired", "expired at 2024-05-30", |t| {
            t.sub.not_after = date_time_ymd(2024, 5, 30);
        }),
        refused("intermediate-of-the-future", "trust-not-valid-yet", "valid only from 2024-06-03", |t| {
            t.sub.not_before = date_time_ymd(2024, 6, 3);
        }),
        refused("anchor-expired", "trust-expired", "expired at 2024-05-29", |t| {
            t.root.not_after = date_time_ymd(2024, 5, 29);
        }),
        refused("anchor-of-the-future", "trust-not-valid-yet", "valid only from 2024-06-04", |t| {
            t.root.not_before = date_time_ymd(2024, 6, 4);
        }),
        refused("leaf-for-encryption-only", "trust-leaf-usage", "does not have digitalSignature", |t| {
            t.leaf.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
        }),
        refused("leaf-is-an-authority", "trust-leaf-is-ca", "certificate of an authority", |t| {
            t.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            t.leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        }),
        refused("intermediate-is-no-authority", "trust-issuer-not-ca", "do not have `CA:TRUE`", |t| {
            t.sub.is_ca = IsCa::ExplicitNoCa;
        }),
        refused("intermediate-without-keycertsign", "trust-issuer-usage", "does not have keyCertSign", |t| {
            t.sub.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
        }),
        refused("anchor-without-keycertsign", "trust-issuer-usage", "does not have keyCertSign", |t| {
            t.root.key_usages = vec![KeyUsagePurpose::CrlSign];
        }),
        refused("anchor-is-no-authority", "trust-issuer-not-ca", "do not have `CA:TRUE`", |t| {
            t.root.is_ca = IsCa::ExplicitNoCa
        }),
        refused("anchor-allows-no-intermediate", "trust-path-too-long", "which allows 0", |t| {
            t.root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        }),
        refused("leaf-with-rsa-1024", "trust-key-too-short", "1024 bits", |t| t.leaf_key = keys::rsa_1024()),
        refused("intermediate-with-rsa-1024", "trust-key-too-short", "of its issuer", |t| {
            t.sub_key = keys::rsa_1024()
        }),
        refused("leaf-with-ed25519", "trust-key-kind", "1.3.101.112", |t| t.leaf_key = keys::ed25519()),
        refused("leaf-signed-with-sha-1", "trust-signature-algorithm", "1.2.840.113549.1.1.5", |t| {
            t.patch_leaf = Some(patches::sha_1_in_place_of_sha_256);
            t.leaf_digest = Some("-sha1");
        }),
        refused("leaf-with-unknown-critical-extension", "trust-critical-extension", "not known here", |t| {
            t.leaf.custom_extensions = vec![unknown_extension(true)];
        }),
        refused(
            "intermediate-with-unknown-critical-extension",
            "trust-critical-extension",
            "not known here",
            |t| {
                t.sub.custom_extensions = vec![unknown_extension(true)];
            },
        ),
        refused("extension-twice", "certificate-duplicate-extension", "is there twice", |t| {
            t.leaf.custom_extensions = vec![unknown_extension(false), unknown_extension(false)];
        }),
        refused("leaf-of-version-2", "trust-certificate-form", "UnsupportedCertVersion", |t| {
            t.patch_leaf = Some(patches::version_2)
        }),
        refused("issuer-name-as-utf8", "trust-issuer-name-encoding", "other string kinds", |t| {
            t.patch_leaf = Some(patches::utf8_name)
        }),
        refused("name-outside-constraints", "trust-name-constraints", "outside the name constraints", |t| {
            t.sub.name_constraints = Some(NameConstraints {
                permitted_subtrees: vec![GeneralSubtree::DnsName("example.org".to_owned())],
                excluded_subtrees: Vec::new(),
            });
            t.leaf.subject_alt_names.push(SanType::DnsName("fhirlabs.net".try_into().unwrap()));
        }),
    ]
}

/// Revocation.
pub(crate) fn list_mutations() -> Vec<Case> {
    const UNKNOWN: &str = "trust-revocation-unknown";
    vec![
        refused("leaf-revoked", "trust-revoked", "(KeyCompromise)", |t| {
            t.sub_list = Some(List::new(vec![LEAF_SERIAL]))
        }),
        refused("intermediate-revoked", "trust-revoked", "(KeyCompromise)", |t| {
            t.root_list = Some(List::new(vec![5, SUB_SERIAL]));
        }),
        refused("leaf-revoked-in-an-old-list", "trust-revoked", "revoked at 2024-05-02", |t| {
            t.sub_list =
                Some(List { from: (2024, 4, 29), to: (2024, 5, 31), ..List::new(vec![LEAF_SERIAL]) });
        }),
        refused("list-for-leaf-missing", UNKNOWN, "not fetched: offline", |t| t.sub_list = None),
        refused("list-for-intermediate-missing", UNKNOWN, "not fetched: offline", |t| t.root_list = None),
        refused("no-list-and-none-named", UNKNOWN, "the certificate names none", |t| {
            t.sub_list = None;
            t.leaf.crl_distribution_points = Vec::new();
        }),
        refused("list-expired", UNKNOWN, "it expired at 2024-05-31", |t| {
            t.sub_list = Some(List { to: (2024, 5, 31), ..List::new(Vec::new()) });
        }),
        refused("list-of-intermediate-expired", UNKNOWN, "it expired at 2024-05-30", |t| {
            t.root_list = Some(List { to: (2024, 5, 30), ..List::new(Vec::new()) });
        }),
        refused("list-of-the-future", UNKNOWN, "current only from 2024-06-02", |t| {
            t.sub_list = Some(List { from: (2024, 6, 2), ..List::new(Vec::new()) });
        }),
        refused("list-by-another-key", UNKNOWN, "not signed by the key", |t| {
            t.sub_list = Some(List { signer: Some(rsa(4)), ..List::new(Vec::new()) });
        }),
        refused("list-of-intermediate-by-another-key", UNKNOWN, "not signed by the key", |t| {
            t.root_list = Some(List { signer: Some(rsa(4)), ..List::new(Vec::new()) });
        }),
        refused("intermediate-without-crlsign", UNKNOWN, "does not have cRLSign", |t| {
            t.sub.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        }),
        refused("anchor-without-crlsign", UNKNOWN, "does not have cRLSign", |t| {
            t.root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        }),
        refused("anchor-without-key-usage", UNKNOWN, "does not have cRLSign", |t| {
            t.root.key_usages = Vec::new()
        }),
        refused("list-for-authorities-only", UNKNOWN, "for the certificates of authorities only", |t| {
            t.sub_list =
                Some(List { scope: scope(own_url(t), Some(CrlScope::CaCertsOnly)), ..List::new(Vec::new()) });
        }),
        refused("list-for-users-only", UNKNOWN, "for the certificates of users only", |t| {
            let url = t.sub.crl_distribution_points[0].uris[0].clone();
            t.root_list =
                Some(List { scope: scope(url, Some(CrlScope::UserCertsOnly)), ..List::new(Vec::new()) });
        }),
        refused("list-of-another-distribution-point", UNKNOWN, "of another distribution point", |t| {
            t.sub_list = Some(List {
                scope: scope("http://other.example/crl".to_owned(), None),
                ..List::new(Vec::new())
            });
        }),
        refused("one-of-two-lists-revokes", "trust-revoked", "made 2024-04-30T00:00:00Z", |t| {
            t.further_sub_list = Some(List { from: (2024, 4, 30), ..List::new(vec![LEAF_SERIAL]) });
        }),
        refused("on-hold-in-the-newest-list", "trust-revoked", "(CertificateHold)", |t| {
            t.further_sub_list = Some(on_hold((2024, 5, 2)))
        }),
        refused("delta-list", "crl-unsupported", "UnsupportedDeltaCrl", |t| {
            t.sub_list =
                Some(List { patch: Some(patches::delta_in_place_of_number), ..List::new(Vec::new()) });
        }),
        refused("list-of-version-1", "crl-unsupported", "UnsupportedCrlVersion", |t| {
            t.sub_list = Some(List { patch: Some(patches::list_version_1), ..List::new(Vec::new()) });
        }),
    ]
}

/// Names: the path holds, the name does not.
pub(crate) fn name_mutations() -> Vec<Case> {
    vec![
        wrong_name("name-in-cn-only", "[] []", |t| t.leaf.subject_alt_names = Vec::new()),
        wrong_name("name-in-a-dns-entry-with-a-comma", "DNS name x, URI:https://", |t| {
            let text = format!("x, URI:{}", t.base);
            t.leaf.subject_alt_names = vec![SanType::DnsName(text.try_into().unwrap())];
        }),
        wrong_name("name-in-an-e-mail-entry", "e-mail address a,https://", |t| {
            let text = format!("a,{}", t.base);
            t.leaf.subject_alt_names = vec![SanType::Rfc822Name(text.try_into().unwrap())];
        }),
        wrong_name("name-as-dns-entry", "DNS name https://", |t| {
            t.leaf.subject_alt_names = vec![SanType::DnsName(t.base.try_into().unwrap())];
        }),
        wrong_name("name-with-a-slash-more", "/\")]", |t| {
            t.leaf.subject_alt_names = vec![uri(&format!("{}/", t.base))]
        }),
        wrong_name("name-with-a-fragment", "#T-TREAT", |t| {
            t.leaf.subject_alt_names = vec![uri(&format!("{}#T-TREAT", t.base))];
        }),
        wrong_name("name-in-capitals", "HTTPS://", |t| {
            t.leaf.subject_alt_names = vec![uri(&t.base.to_uppercase())]
        }),
        wrong_name("name-over-http", "http://", |t| {
            t.leaf.subject_alt_names = vec![uri(&t.base.replacen("https", "http", 1))];
        }),
    ]
}

/// Changes that do no harm.
pub(crate) fn harmless() -> Vec<Case> {
    vec![
        accepted("unchanged", |_| {}),
        accepted("root-sent-along", |t| t.sends_root = true),
        accepted("unknown-extension-not-critical", |t| {
            t.leaf.custom_extensions = vec![unknown_extension(false)]
        }),
        accepted("keys-on-p-256", |t| {
            t.leaf_key = keys::p256();
            t.sub_key = keys::p256();
        }),
        accepted("path-lengths-just-enough", |t| {
            t.root.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
            t.sub.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        }),
        accepted("leaf-without-key-usage", |t| t.leaf.key_usages = Vec::new()),
        accepted("leaf-without-basic-constraints", |t| t.leaf.is_ca = IsCa::NoCa),
        accepted("without-key-identifiers", |t| {
            t.sub.use_authority_key_identifier_extension = false;
            t.leaf.use_authority_key_identifier_extension = false;
        }),
        accepted("last-second", |t| {
            t.leaf.not_after = date_time_ymd(2024, 6, 1);
            t.now = 1_717_200_000;
        }),
        accepted("lists-by-distribution-point", |t| {
            t.sub_list =
                Some(List { scope: scope(own_url(t), Some(CrlScope::UserCertsOnly)), ..List::new(vec![3]) });
            let url = t.sub.crl_distribution_points[0].uris[0].clone();
            t.root_list = Some(List { scope: scope(url, Some(CrlScope::CaCertsOnly)), ..List::new(vec![3]) });
        }),
        accepted("intermediate-as-anchor", |t| t.sub_is_anchor = true),
        accepted("two-roots-of-one-name", |t| t.has_earlier_root = true),
        accepted("hold-released-by-a-newer-list", |t| t.further_sub_list = Some(on_hold((2024, 4, 30)))),
        accepted("expired-list-beside-a-current-one", |t| {
            t.further_sub_list =
                Some(List { from: (2024, 4, 1), to: (2024, 4, 30), ..List::new(Vec::new()) });
        }),
        accepted("name-within-constraints", |t| {
            t.sub.name_constraints = Some(NameConstraints {
                permitted_subtrees: vec![GeneralSubtree::DnsName("example.org".to_owned())],
                excluded_subtrees: Vec::new(),
            });
            t.leaf.subject_alt_names.push(SanType::DnsName("fhir.example.org".try_into().unwrap()));
        }),
    ]
}

/// A list that puts the leaf on hold.
fn on_hold(from: Day) -> List {
    List { from, reason: RevocationReason::CertificateHold, ..List::new(vec![LEAF_SERIAL]) }
}

fn own_url(twin: &Twin) -> String {
    twin.leaf.crl_distribution_points[0].uris[0].clone()
}

#[expect(clippy::unnecessary_wraps, reason = "the field is optional")]
fn scope(url: String, scope: Option<CrlScope>) -> Option<CrlIssuingDistributionPoint> {
    Some(CrlIssuingDistributionPoint { distribution_point: CrlDistributionPoint { uris: vec![url] }, scope })
}
