use std::collections::BTreeSet;

use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix;
use x509_cert::ext::pkix::name::DistributionPointName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::certificate_error::CertificateError;
use crate::uri_name::UriName;

/// What a key may be used for (RFC 5280 §4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUsage {
    /// Signatures other than those on certificates and revocation lists: all that a UDAP client or server signs.
    DigitalSignature,
    /// Signatures that cannot be denied later.
    NonRepudiation,
    /// Transport of keys.
    KeyEncipherment,
    /// Encryption of data.
    DataEncipherment,
    /// Agreement on keys.
    KeyAgreement,
    /// Signatures on certificates.
    KeyCertSign,
    /// Signatures on revocation lists.
    CrlSign,
    /// Key agreement for encryption only.
    EncipherOnly,
    /// Key agreement for decryption only.
    DecipherOnly,
}

/// What the extensions say, as far as it counts for a path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) is_ca: bool,
    pub(crate) path_length: Option<u8>,
    pub(crate) key_usages: Option<Vec<KeyUsage>>,
    pub(crate) purposes: Vec<ObjectIdentifier>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) uri_names: Vec<UriName>,
    pub(crate) other_names: Vec<String>,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) issuer_urls: Vec<String>,
    pub(crate) ocsp_urls: Vec<String>,
    /// `id-pkix-ocsp-nocheck` (RFC 6960 §4.2.2.2.1).
    pub(crate) no_check: bool,
}

impl Extensions {
    pub(crate) fn read(list: &[Extension]) -> Result<Self, CertificateError> {
        let mut extensions = Self::default();
        let mut seen = BTreeSet::new();
        for extension in list {
            // RFC 5280 §4.2: at most one instance of each extension.
            if !seen.insert(extension.extn_id) {
                return Err(CertificateError::DuplicateExtension { oid: extension.extn_id.to_string() });
            }
            extensions.add(extension).map_err(|error| CertificateError::Malformed {
                what: format!("its extension {}", extension.extn_id),
                detail: error.to_string(),
            })?;
        }
        Ok(extensions)
    }

    fn add(&mut self, extension: &Extension) -> der::Result<()> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            BASIC_CONSTRAINTS => {
                let constraints = pkix::BasicConstraints::from_der(value)?;
                self.is_ca = constraints.ca;
                self.path_length = constraints.path_len_constraint;
            }
            KEY_USAGE => self.key_usages = Some(usages(&pkix::KeyUsage::from_der(value)?)),
            EXTENDED_KEY_USAGE => self.purposes = pkix::ExtendedKeyUsage::from_der(value)?.0,
            SUBJECT_KEY_ID => {
                self.subject_key_id =
                    Some(pkix::SubjectKeyIdentifier::from_der(value)?.0.as_bytes().to_vec());
            }
            AUTHORITY_KEY_ID => {
                let identifier = pkix::AuthorityKeyIdentifier::from_der(value)?.key_identifier;
                self.authority_key_id = identifier.map(|identifier| identifier.as_bytes().to_vec());
            }
            SUBJECT_ALT_NAME => self.add_names(&pkix::SubjectAltName::from_der(value)?.0),
            CRL_DISTRIBUTION_POINTS => {
                for point in pkix::CrlDistributionPoints::from_der(value)?.0 {
                    // Indirect lists and lists by reason are not read, so there is no use in fetching them.
                    if point.crl_issuer.is_none() && point.reasons.is_none() {
                        self.crl_urls.extend(point.distribution_point.iter().flat_map(urls_of));
                    }
                }
            }
            AUTHORITY_INFO_ACCESS => {
                for access in pkix::AuthorityInfoAccessSyntax::from_der(value)?.0 {
                    let url = web_url(&access.access_location);
                    match access.access_method {
                        CA_ISSUERS => self.issuer_urls.extend(url),
                        OCSP => self.ocsp_urls.extend(url),
                        _ => {}
                    }
                }
            }
            OCSP_NO_CHECK => self.no_check = true,
            _ => {}
        }
        Ok(())
    }

    fn add_names(&mut self, names: &[GeneralName]) {
        for name in names {
            match name {
                GeneralName::UniformResourceIdentifier(uri) => {
                    self.uri_names.push(UriName::new(uri.as_str()))
                }
                GeneralName::DnsName(name) => self.other_names.push(format!("DNS name {}", name.as_str())),
                GeneralName::Rfc822Name(name) => {
                    self.other_names.push(format!("e-mail address {}", name.as_str()))
                }
                GeneralName::DirectoryName(name) => self.other_names.push(format!("directory name {name}")),
                GeneralName::RegisteredId(oid) => self.other_names.push(format!("registered id {oid}")),
                GeneralName::IpAddress(_) => self.other_names.push("IP address".to_owned()),
                GeneralName::OtherName(_) | GeneralName::EdiPartyName(_) => {
                    self.other_names.push("name of another kind".to_owned());
                }
            }
        }
    }
}

/// The https and http URLs of a distribution point.
pub(crate) fn urls_of(point: &DistributionPointName) -> Vec<String> {
    match point {
        DistributionPointName::FullName(names) => names.iter().filter_map(web_url).collect(),
        DistributionPointName::NameRelativeToCRLIssuer(_) => Vec::new(),
    }
}

/// LDAP and other schemes are not fetched.
fn web_url(name: &GeneralName) -> Option<String> {
    let GeneralName::UniformResourceIdentifier(uri) = name else { return None };
    let scheme = uri.as_str().split("://").next().unwrap_or_default().to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https").then(|| uri.as_str().to_owned())
}

fn usages(usage: &pkix::KeyUsage) -> Vec<KeyUsage> {
    let all = [
        (usage.digital_signature(), KeyUsage::DigitalSignature),
        (usage.non_repudiation(), KeyUsage::NonRepudiation),
        (usage.key_encipherment(), KeyUsage::KeyEncipherment),
        (usage.data_encipherment(), KeyUsage::DataEncipherment),
        (usage.key_agreement(), KeyUsage::KeyAgreement),
        (usage.key_cert_sign(), KeyUsage::KeyCertSign),
        (usage.crl_sign(), KeyUsage::CrlSign),
        (usage.encipher_only(), KeyUsage::EncipherOnly),
        (usage.decipher_only(), KeyUsage::DecipherOnly),
    ];
    all.into_iter().filter_map(|(set, usage)| set.then_some(usage)).collect()
}

const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const AUTHORITY_INFO_ACCESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1");
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");
const OCSP_NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
