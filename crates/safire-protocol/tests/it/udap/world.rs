//! A trust community of our own: authorities, certificates, revocation lists and signed metadata, all of them real.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertificateRevocationListParams;
use rcgen::DnType;
use rcgen::IsCa;
use rcgen::Issuer;
use rcgen::KeyPair;
use rcgen::KeyUsagePurpose;
use rcgen::RevokedCertParams;
use rcgen::SanType;
use rcgen::SerialNumber;
use rcgen::date_time_ymd;
use rustls_pki_types::UnixTime as PkiTime;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use safire_protocol::pki::Certificate;
use safire_protocol::pki::Chain;
use safire_protocol::pki::Crl;
use safire_protocol::pki::TrustAnchors;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::time::UnixTime;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

/// 21 September 2026.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
pub(crate) const CLIENT: &str = "https://app.example.org/udap#T-TREAT";
const SERVER_SERIAL: u64 = 0x5001;
const SUB_SERIAL: u64 = 0x1001;

/// An authority.
pub(crate) struct Authority {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
    pub(crate) der: Vec<u8>,
}

/// Root, intermediate, the server's key and the client's.
pub(crate) struct World {
    pub(crate) base: String,
    pub(crate) root: Authority,
    pub(crate) sub: Authority,
    pub(crate) server_key: PrivateKey,
    pub(crate) client_key: PrivateKey,
}

pub(crate) fn at(time: UnixTime) -> PkiTime {
    PkiTime::since_unix_epoch(Duration::from_secs(u64::try_from(time.as_seconds()).unwrap()))
}

pub(crate) fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

fn params(name: &str, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    params.serial_number = Some(SerialNumber::from(serial));
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority_params(name: &str, serial: u64) -> CertificateParams {
    let mut params = params(name, serial);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

pub(crate) fn key_pair(key: &PrivateKey) -> KeyPair {
    KeyPair::from_pem(&key.to_pem()).unwrap()
}

fn test_key(file: &str) -> PrivateKey {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/jose/keys/");
    PrivateKey::parse(&std::fs::read(format!("{folder}{file}")).unwrap()).unwrap()
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        let (params, key) = (authority_params(name, 1), KeyPair::generate().unwrap());
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { params, key, der }
    }

    pub(crate) fn certificate(&self) -> Certificate {
        Certificate::from_der(&self.der).unwrap()
    }

    pub(crate) fn issue(&self, params: &CertificateParams, key: &KeyPair) -> Vec<u8> {
        params.signed_by(key, &Issuer::from_params(&self.params, &self.key)).unwrap().der().to_vec()
    }

    /// A list of this authority that is current from one year to the other.
    pub(crate) fn list(&self, revoked: &[u64], years: (i32, i32)) -> Vec<u8> {
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(years.0, 1, 1),
            next_update: date_time_ymd(years.1, 1, 1),
            crl_number: SerialNumber::from(7_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|serial| RevokedCertParams {
                    serial_number: SerialNumber::from(*serial),
                    revocation_time: date_time_ymd(2026, 2, 1),
                    reason_code: None,
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        list.signed_by(&Issuer::from_params(&self.params, &self.key)).unwrap().der().to_vec()
    }
}

impl World {
    pub(crate) fn new(base: &str) -> Self {
        let root = Authority::root("Test Community Root");
        let (params, key) =
            (authority_params("Test Community Issuer", SUB_SERIAL), KeyPair::generate().unwrap());
        let der = root.issue(&params, &key);
        Self {
            base: base.to_owned(),
            root,
            sub: Authority { params, key, der },
            server_key: test_key("rsa-2048.pkcs8.pem"),
            client_key: test_key("p384.pkcs8.pem"),
        }
    }

    /// The parameters of the server's certificate, to be changed.
    pub(crate) fn server_params(&self) -> CertificateParams {
        leaf_params("server", &self.base)
    }

    /// The server's certificate, by these parameters.
    pub(crate) fn server_leaf(&self, params: &CertificateParams) -> Vec<u8> {
        self.sub.issue(params, &key_pair(&self.server_key))
    }

    pub(crate) fn server_chain(&self) -> Vec<Vec<u8>> {
        vec![self.server_leaf(&self.server_params()), self.sub.der.clone()]
    }

    /// The chain of a client with this URI and this key.
    pub(crate) fn client_chain(&self, client_uri: &str, key: &PrivateKey) -> Chain {
        let leaf = self.sub.issue(&leaf_params("client", client_uri), &key_pair(key));
        Chain::from_der(&[leaf, self.sub.der.clone()]).unwrap()
    }

    /// The community with current lists of both authorities.
    pub(crate) fn community(&self) -> TrustCommunity {
        let lists = [self.root.list(&[], (2026, 2029)), self.sub.list(&[], (2026, 2029))];
        self.bare_community().crls(lists.iter().flat_map(|der| Crl::parse(der).unwrap()))
    }

    /// The community without a list.
    pub(crate) fn bare_community(&self) -> TrustCommunity {
        TrustCommunity::new("test", TrustAnchors::new([self.root.certificate()]))
    }

    /// The claims that a good server signs.
    pub(crate) fn claims(&self) -> Map<String, Value> {
        let (base, now) = (self.base.as_str(), NOW.as_seconds());
        object(json!({
            "iss": base, "sub": base, "iat": now - 60, "exp": now + 3600, "jti": "one",
            "token_endpoint": endpoint(base, "token"),
            "registration_endpoint": endpoint(base, "register"),
            "authorization_endpoint": endpoint(base, "authorize"),
        }))
    }

    /// The JWT that the server signs over these claims with its chain.
    pub(crate) fn signed(&self, claims: &Map<String, Value>) -> String {
        let header = json!({"alg": "RS256", "x5c": x5c(&self.server_chain())});
        jws(&self.server_key, Algorithm::Rs256, &header, &Value::Object(claims.clone()))
    }

    /// A complete document around this JWT; its unsigned endpoints are other ones.
    pub(crate) fn document_with(&self, signed: impl Into<Value>) -> Map<String, Value> {
        let base = self.base.as_str();
        object(json!({
            "udap_versions_supported": ["1"],
            "udap_profiles_supported": ["udap_dcr", "udap_authn", "udap_authz", "udap_to"],
            "udap_authorization_extensions_supported": ["hl7-b2b"],
            "udap_authorization_extensions_required": ["hl7-b2b"],
            "udap_certifications_supported": [],
            "udap_certifications_required": [],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "scopes_supported": ["openid", "udap", "system/*.rs", "user/*.rs"],
            "authorization_endpoint": endpoint(base, "unsigned-authorize"),
            "token_endpoint": endpoint(base, "unsigned-token"),
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES384"],
            "registration_endpoint": endpoint(base, "unsigned-register"),
            "registration_endpoint_jwt_signing_alg_values_supported": ["RS256", "ES384"],
            "signed_metadata": signed.into(),
        }))
    }

    pub(crate) fn document(&self) -> Map<String, Value> {
        self.document_with(self.signed(&self.claims()))
    }
}

/// The parameters of a leaf with this URI name.
pub(crate) fn leaf_params(name: &str, uri_name: &str) -> CertificateParams {
    let mut params = params(name, SERVER_SERIAL);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.subject_alt_names = vec![uri(uri_name)];
    params
}

pub(crate) const fn server_serial() -> u64 {
    SERVER_SERIAL
}

pub(crate) const fn sub_serial() -> u64 {
    SUB_SERIAL
}

fn endpoint(base: &str, path: &str) -> String {
    let origin = base.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    format!("{origin}/{path}")
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("not an object") };
    members
}

pub(crate) fn x5c(chain: &[Vec<u8>]) -> Vec<String> {
    chain.iter().map(|der| STANDARD.encode(der)).collect()
}

/// A compact JWS over whatever header and payload, signed by `algorithm` whatever the header says.
pub(crate) fn jws(key: &PrivateKey, algorithm: Algorithm, header: &Value, payload: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", part(header), part(payload));
    let signature = key.sign(algorithm, input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Header and claims of a compact JWS, or of the input of its signature.
pub(crate) fn parts(text: &str) -> (Value, Value) {
    let mut parts = text.split('.');
    let mut next =
        || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap();
    (next(), next())
}
