//! Signed metadata and software statements of UDAP, beside their bare signatures.

use aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1;
use aws_lc_rs::signature::ParsedPublicKey;
use bytes::Bytes;
use http::Response;
use rustls_pki_types::UnixTime as PkiTime;
use safire::clock::Clock;
use safire::clock::SystemClock;
use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::PrivateKey;
use safire_jose::sign;
use safire_protocol::pki::Certificate;
use safire_protocol::pki::Chain;
use safire_protocol::pki::Crl;
use safire_protocol::pki::PathVerification;
use safire_protocol::pki::Step;
use safire_protocol::pki::TrustAnchors;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::time::UnixTime;
use safire_protocol::udap::ChainTrust;
use safire_protocol::udap::ClientUri;
use safire_protocol::udap::SignedMetadataPolicy;
use safire_protocol::udap::SoftwareStatement;
use safire_protocol::udap::UdapClientMetadata;
use safire_protocol::udap::UdapIdentity;
use safire_protocol::udap::UdapLocation;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UntrustedMetadata;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use safire_sandbox::Community;
use serde_json::Value;
use serde_json::json;

use crate::id_token::Verifier;

const BASE: &str = "https://fhir.example.com/r4";
const CLIENT: &str = "https://app.example.org/udap";
const REGISTRATION: &str = "https://auth.example.com/register";
const JTI: &str = "0123456789abcdef0123456789abcdef";

/// Metadata as a server signs them, and the community that it belongs to.
#[derive(Debug)]
pub struct Metadata {
    untrusted: UntrustedMetadata,
    community: TrustCommunity,
    policy: SignedMetadataPolicy,
    now: UnixTime,
    bare: Verifier,
    /// What the authorities sign with P-256: leaf and intermediate, and a list of each issuer.
    by_authorities: [AuthoritySignature; 4],
}

impl Metadata {
    /// A community of its own: authorities with P-256, a server with RSA 2048.
    ///
    /// # Panics
    /// When no certificate can be made.
    #[must_use]
    #[expect(clippy::expect_used, clippy::panic, reason = "a bench without its community measures nothing")]
    pub fn new() -> Self {
        let now = SystemClock::new().now();
        let community = Community::builder("urn:bench:community").make().expect("a community");
        let server = community.issue(BASE).expect("a certificate");
        let token = signed(server.key(), &server.x5c(), now);
        let document = document(&token);
        let base = FhirBase::parse(BASE, LoopbackHttp::Refused).expect("a base");
        let location = UdapLocation::new(&base, None);
        let answer = Response::builder().header("content-type", "application/json");
        let answer = answer.body(Bytes::from(document.to_string())).expect("an answer");
        let untrusted = location.accept(&base, location.url(), &answer).expect("metadata");
        let lists = [community.root_list(), community.intermediate_list()];
        let [of_root, of_intermediate] =
            lists.map(|der| Crl::from_der(&der.expect("a list")).expect("a list"));
        let anchors = TrustAnchors::parse(community.anchors_pem().as_bytes()).expect("an anchor");
        let chain = Chain::from_x5c(&server.x5c()).expect("a chain");
        let [intermediate] = chain.others() else { panic!("one intermediate") };
        let [root] = anchors.certificates() else { panic!("one anchor") };
        let by_authorities = [
            AuthoritySignature::of(chain.leaf().der(), intermediate),
            AuthoritySignature::of(intermediate.der(), root),
            AuthoritySignature::of(of_root.der(), root),
            AuthoritySignature::of(of_intermediate.der(), intermediate),
        ];
        Self {
            untrusted,
            community: TrustCommunity::new("bench", anchors).crls([of_root, of_intermediate]),
            policy: SignedMetadataPolicy::new(UrlPolicy::default()),
            now,
            bare: Verifier::of(server.key(), Algorithm::Rs256, &token),
            by_authorities,
        }
    }

    /// The floor: the bare checks of the same signatures over the same bytes, with prepared keys.
    ///
    /// # Panics
    /// When one does not verify.
    pub fn bare(&self) {
        self.bare.check();
        self.by_authorities.iter().for_each(AuthoritySignature::check);
    }

    /// Ours: form, claims, names, the path with its revocation, and the metadata put together.
    ///
    /// # Panics
    /// When they are not trusted.
    #[must_use]
    #[expect(clippy::expect_used, clippy::panic, reason = "a bench without its trust measures nothing")]
    pub fn validated(&self) -> UdapMetadata {
        let signed = self.untrusted.signed_metadata(&self.policy, self.now).expect("signed metadata");
        let seconds = u64::try_from(self.now.as_seconds()).unwrap_or_default();
        let at = PkiTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let mut path = PathVerification::begin(signed.chain().clone(), &self.community, at);
        let Step::Trusted(path) = path.step() else { panic!("the path is not trusted") };
        self.untrusted.trusted(&signed, ChainTrust::Anchored(path)).expect("metadata")
    }
}

impl Default for Metadata {
    fn default() -> Self {
        Self::new()
    }
}

/// The bare check of what an authority signed, its key prepared.
#[derive(Debug)]
struct AuthoritySignature {
    key: ParsedPublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl AuthoritySignature {
    /// The signature of a certificate or a list (RFC 5280 §4.1, §5.1).
    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    fn of(der: &[u8], issuer: &Certificate) -> Self {
        let (whole, _) = Element::first_of(der);
        let (message, rest) = Element::first_of(whole.contents);
        let (_algorithm, rest) = Element::first_of(rest);
        let (signature, _) = Element::first_of(rest);
        let (_unused_bits, signature) = signature.contents.split_first().expect("a signature");
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, issuer.public_key().as_ref());
        Self {
            key: key.expect("a public key"),
            message: message.whole.to_vec(),
            signature: signature.to_vec(),
        }
    }

    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    fn check(&self) {
        self.key.verify_sig(&self.message, &self.signature).expect("a good signature");
    }
}

/// An element of DER.
struct Element<'a> {
    whole: &'a [u8],
    contents: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element at the start, and what follows it.
    #[expect(clippy::expect_used, reason = "a bench without its certificates measures nothing")]
    fn first_of(der: &'a [u8]) -> (Self, &'a [u8]) {
        let first = *der.get(1).expect("a length");
        let long = if first < 0x80 { 0 } else { usize::from(first - 0x80) };
        let (head, rest) = der.split_at(2 + long);
        let digits = head.iter().skip(2).fold(0, |length, byte| (length << 8) | usize::from(*byte));
        let length = if long == 0 { usize::from(first) } else { digits };
        let (contents, rest) = rest.split_at(length);
        let (whole, _) = der.split_at(head.len() + length);
        (Self { whole, contents }, rest)
    }
}

/// A client and what it says of itself.
#[derive(Debug)]
pub struct Statement {
    identity: UdapIdentity,
    metadata: UdapClientMetadata,
    key: PrivateKey,
    now: UnixTime,
    input: Vec<u8>,
}

impl Statement {
    /// A client with a certificate of a community of its own.
    ///
    /// # Panics
    /// When no certificate can be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its client measures nothing")]
    pub fn new() -> Self {
        let now = SystemClock::new().now();
        let community = Community::builder("urn:bench:community").make().expect("a community");
        let member = community.issue(CLIENT).expect("a certificate");
        let uri = ClientUri::parse(CLIENT).expect("a URI");
        let identity = UdapIdentity::parse(uri, member.chain_pem().as_bytes()).expect("an identity");
        let metadata = ClientMetadata::new()
            .client_name("Bench App")
            .contacts(["mailto:ops@example.com"])
            .grant_types(["client_credentials"])
            .scope("system/Patient.rs system/Observation.rs");
        let metadata = UdapClientMetadata::register(&metadata, &UrlPolicy::default()).expect("metadata");
        let mut made = Self { identity, metadata, key: member.key().clone(), now, input: Vec::new() };
        made.input = made.signing_input();
        made
    }

    /// The floor: the signature alone, over the same bytes.
    ///
    /// # Panics
    /// When signing fails.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    pub fn bare(&self) -> Vec<u8> {
        self.key.sign(Algorithm::Rs256, &self.input).expect("a signature")
    }

    /// Ours: dates of the chain, claims, header with `x5c`, and the signature.
    ///
    /// # Panics
    /// When signing fails.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a bench without its signature measures nothing")]
    pub fn statement(&self) -> String {
        let step = SoftwareStatement::new(&self.identity, &self.metadata, REGISTRATION, Algorithm::Rs256);
        let input = step.signing_input(self.now, JTI).expect("an input");
        let signature = self.key.sign(Algorithm::Rs256, input.as_bytes()).expect("a signature");
        input.attach(&signature)
    }

    #[expect(clippy::expect_used, reason = "a bench without its input measures nothing")]
    fn signing_input(&self) -> Vec<u8> {
        let step = SoftwareStatement::new(&self.identity, &self.metadata, REGISTRATION, Algorithm::Rs256);
        step.signing_input(self.now, JTI).expect("an input").as_bytes().to_vec()
    }
}

impl Default for Statement {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::expect_used, reason = "a bench without its metadata measures nothing")]
fn signed(key: &PrivateKey, x5c: &[String], now: UnixTime) -> String {
    let header = Header { x5c: Some(x5c.to_vec()), ..Header::new(Algorithm::Rs256) };
    let claims = json!({
        "iss": BASE, "sub": BASE, "iat": now.as_seconds(), "exp": now.plus_seconds(86_400).as_seconds(), "jti": JTI,
        "authorization_endpoint": "https://auth.example.com/authorize",
        "token_endpoint": "https://auth.example.com/token", "registration_endpoint": REGISTRATION,
    });
    sign(key, &header, &claims).expect("signed metadata")
}

fn document(signed_metadata: &str) -> Value {
    json!({
        "signed_metadata": signed_metadata,
        "udap_versions_supported": ["1"],
        "udap_profiles_supported": ["udap_dcr", "udap_authn", "udap_authz", "udap_to"],
        "udap_authorization_extensions_supported": ["hl7-b2b"],
        "udap_authorization_extensions_required": [],
        "udap_certifications_supported": [],
        "udap_certifications_required": [],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "scopes_supported": ["openid", "udap", "system/Patient.rs", "system/Observation.rs"],
        "authorization_endpoint": "https://auth.example.com/authorize",
        "token_endpoint": "https://auth.example.com/token",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES384"],
        "registration_endpoint": REGISTRATION,
        "registration_endpoint_jwt_signing_alg_values_supported": ["RS256", "ES384"],
    })
}
