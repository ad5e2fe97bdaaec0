//! Certificate authorities, made for this run.

use std::time::Duration;

use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertificateRevocationListParams;
use rcgen::CrlDistributionPoint;
use rcgen::CustomExtension;
use rcgen::DnType;
use rcgen::IsCa;
use rcgen::Issuer;
use rcgen::KeyIdMethod;
use rcgen::KeyPair;
use rcgen::KeyUsagePurpose;
use rcgen::RevokedCertParams;
use rcgen::SerialNumber;
use rcgen::date_time_ymd;
use safire_protocol::time::UnixTime;

use super::der::issuer_access;
use crate::clock::now;
use crate::error::SandboxError;

/// An authority with its key.
pub(super) struct Authority {
    params: CertificateParams,
    key: KeyPair,
    der: Vec<u8>,
    serial: Vec<u8>,
}

/// From when until when, both in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: UnixTime,
    pub(super) until: UnixTime,
}

/// Where the list and the certificate of an issuer are.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) list: Option<String>,
    pub(super) certificate: Option<String>,
}

/// A certificate that is no longer good.
#[derive(Debug, Clone)]
pub(super) struct Revoked {
    pub(super) serial: Vec<u8>,
    pub(super) at: UnixTime,
}

impl Span {
    /// Seconds before and after now; either may be negative.
    pub(super) fn around_now(before: i64, after: i64) -> Self {
        let now = now();
        Self { from: now.plus_seconds(-before), until: now.plus_seconds(after) }
    }
}

impl Authority {
    /// A root.
    pub(super) fn root(name: &str) -> Result<Self, SandboxError> {
        let (mut params, serial) = params(name, LONG)?;
        as_authority(&mut params);
        let key = KeyPair::generate()?;
        let der = params.self_signed(&key)?.der().to_vec();
        Ok(Self { params, key, der, serial })
    }

    /// An authority below this one.
    pub(super) fn below(&self, name: &str, places: &Places) -> Result<Self, SandboxError> {
        let (mut params, serial) = params(name, LONG)?;
        as_authority(&mut params);
        tell(&mut params, places);
        let key = KeyPair::generate()?;
        let der = self.sign(&params, &key)?;
        Ok(Self { params, key, der, serial })
    }

    /// A certificate for the subject and key of another authority.
    pub(super) fn certify(&self, other: &Self, places: &Places) -> Result<Vec<u8>, SandboxError> {
        let mut params = other.params.clone();
        params.serial_number = Some(SerialNumber::from(serial()?));
        params.crl_distribution_points.clear();
        params.custom_extensions.clear();
        tell(&mut params, places);
        self.sign(&params, &other.key)
    }

    /// An authority with the same name and another key.
    pub(super) fn double(&self) -> Result<Self, SandboxError> {
        let key = KeyPair::generate()?;
        let der = self.params.self_signed(&key)?.der().to_vec();
        Ok(Self { params: self.params.clone(), key, der, serial: self.serial.clone() })
    }

    /// Signs a certificate.
    pub(super) fn sign(&self, params: &CertificateParams, key: &KeyPair) -> Result<Vec<u8>, SandboxError> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        Ok(params.signed_by(key, &issuer)?.der().to_vec())
    }

    /// Signs a revocation list that is good for that time (RFC 5280 §5).
    pub(super) fn list(&self, revoked: &[Revoked], good: Span) -> Result<Vec<u8>, SandboxError> {
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(1970, 1, 1) + since(good.from),
            next_update: date_time_ymd(1970, 1, 1) + since(good.until),
            crl_number: SerialNumber::from(now().as_seconds().unsigned_abs()),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|one| RevokedCertParams {
                    serial_number: SerialNumber::from(one.serial.clone()),
                    revocation_time: date_time_ymd(1970, 1, 1) + since(one.at),
                    reason_code: None,
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let issuer = Issuer::from_params(&self.params, &self.key);
        Ok(list.signed_by(&issuer)?.der().to_vec())
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn serial(&self) -> &[u8] {
        &self.serial
    }

    pub(super) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("name", &self.params.distinguished_name).finish_non_exhaustive()
    }
}

/// What every certificate has, and its serial number.
pub(super) fn params(name: &str, good: (i64, i64)) -> Result<(CertificateParams, Vec<u8>), SandboxError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, "Safire test community");
    let good = Span::around_now(good.0, good.1);
    params.not_before = date_time_ymd(1970, 1, 1) + since(good.from);
    params.not_after = date_time_ymd(1970, 1, 1) + since(good.until);
    let serial = serial()?;
    params.serial_number = Some(SerialNumber::from(serial.clone()));
    params.use_authority_key_identifier_extension = true;
    Ok((params, serial))
}

/// Says where list and certificate of the issuer are.
pub(super) fn tell(params: &mut CertificateParams, places: &Places) {
    if let Some(list) = &places.list {
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![list.clone()] }];
    }
    if let Some(certificate) = &places.certificate {
        let access = CustomExtension::from_oid_content(&AUTHORITY_INFO_ACCESS, issuer_access(certificate));
        params.custom_extensions = vec![access];
    }
}

fn as_authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
}

/// RFC 5280 §4.1.2.2: positive, and not guessable.
fn serial() -> Result<Vec<u8>, SandboxError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(bytes.to_vec())
}

fn since(time: UnixTime) -> Duration {
    Duration::from_secs(u64::try_from(time.as_seconds()).unwrap_or_default())
}

const DAY: i64 = 86_400;
const LONG: (i64, i64) = (DAY, 3_650 * DAY);
const AUTHORITY_INFO_ACCESS: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 1];
