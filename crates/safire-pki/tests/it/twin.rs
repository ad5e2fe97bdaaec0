use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertificateRevocationListParams;
use rcgen::CrlDistributionPoint;
use rcgen::CrlIssuingDistributionPoint;
use rcgen::CustomExtension;
use rcgen::DistinguishedName;
use rcgen::DnType;
use rcgen::DnValue;
use rcgen::ExtendedKeyUsagePurpose;
use rcgen::IsCa;
use rcgen::Issuer;
use rcgen::KeyUsagePurpose;
use rcgen::RevocationReason;
use rcgen::RevokedCertParams;
use rcgen::SanType;
use rcgen::SerialNumber;
use rcgen::SigningKey;
use rcgen::date_time_ymd;

use crate::encoding::Patch;
use crate::encoding::patched;
use crate::keys::Signer;
use crate::keys::rsa;
use crate::support::NOW;

/// Year, month, day.
pub(crate) type Day = (i32, u8, u8);

/// One of the real chains, issued again with our keys, before it is issued: a mutation changes a field or two.
pub(crate) struct Twin {
    pub(crate) name: &'static str,
    /// The FHIR base that the leaf is for.
    pub(crate) base: &'static str,
    pub(crate) root: CertificateParams,
    pub(crate) sub: CertificateParams,
    pub(crate) leaf: CertificateParams,
    pub(crate) root_key: &'static Signer,
    pub(crate) sub_key: &'static Signer,
    pub(crate) leaf_key: &'static Signer,
    /// Who signs, where it is not the key of the issuer.
    pub(crate) sub_signer: Option<&'static Signer>,
    pub(crate) leaf_signer: Option<&'static Signer>,
    /// Another root of the same name in place of the anchor.
    pub(crate) anchor_key: Option<&'static Signer>,
    /// The root of somebody else in place of the anchor.
    pub(crate) foreign_anchor: bool,
    /// The intermediate in place of the anchor.
    pub(crate) sub_is_anchor: bool,
    /// An earlier root of the same name beside the anchor.
    pub(crate) has_earlier_root: bool,
    pub(crate) sends_sub: bool,
    pub(crate) sends_root: bool,
    pub(crate) root_list: Option<List>,
    pub(crate) sub_list: Option<List>,
    /// Another list of the intermediate beside that one.
    pub(crate) further_sub_list: Option<List>,
    pub(crate) patch_leaf: Option<Patch>,
    pub(crate) patch_sub: Option<Patch>,
    /// The digest with which OpenSSL signs a patched leaf, where it is not SHA-256.
    pub(crate) leaf_digest: Option<&'static str>,
    pub(crate) now: u64,
}

/// A revocation list to issue.
pub(crate) struct List {
    pub(crate) signer: Option<&'static Signer>,
    pub(crate) revoked: Vec<u64>,
    pub(crate) from: Day,
    pub(crate) to: Day,
    pub(crate) scope: Option<CrlIssuingDistributionPoint>,
    pub(crate) reason: RevocationReason,
    pub(crate) patch: Option<Patch>,
}

/// A twin as it is sent and judged.
pub(crate) struct Issued {
    pub(crate) anchors: Vec<Vec<u8>>,
    pub(crate) others: Vec<Vec<u8>>,
    pub(crate) leaf: Vec<u8>,
    pub(crate) crls: Vec<Vec<u8>>,
}

pub(crate) const SUB_SERIAL: u64 = 0x1001;
pub(crate) const LEAF_SERIAL: u64 = 0x2002;

impl Twin {
    /// The chain of `surefhir-leaf-fhirlabs.chain.pem`.
    pub(crate) fn surefhir() -> Self {
        let base = [("US", DnType::CountryName), ("Oregon", DnType::StateOrProvinceName)];
        let rest = [("Portland", DnType::LocalityName), ("Fhir Coding", DnType::OrganizationName)];
        let name = |unit: &'static str, common: &'static str| {
            let own = [(unit, DnType::OrganizationalUnitName), (common, DnType::CommonName)];
            printable(base.iter().chain(&rest).chain(&own))
        };
        let mut root = authority(name("Root", "SureFhir-CA"), (2024, 3, 31), (2034, 4, 1), 1);
        root.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::TimeStamping,
        ];
        let mut sub =
            authority(name("Intermediate", "SureFhir-Intermediate"), (2024, 3, 31), (2029, 4, 1), SUB_SERIAL);
        sub.key_usages.insert(0, KeyUsagePurpose::DigitalSignature);
        sub.subject_alt_names = vec![uri("udap://fhirlabs.net/")];
        sub.crl_distribution_points = list_at("http://crl.fhircerts.net/crl/SureFhirLabsRootCrl.crl");
        let mut leaf = end_entity(name("UDAP", "fhirlabs.net"), (2024, 4, 1), (2026, 4, 1));
        leaf.subject_alt_names =
            vec![uri("https://fhirlabs.net/fhir/r4"), uri("https://fhirlabs.net:7016/fhir/r4")];
        leaf.crl_distribution_points =
            list_at("http://crl.fhircerts.net/crl/surefhirlabsIntermediateCrl.crl");
        Self::new("surefhir", "https://fhirlabs.net/fhir/r4", root, sub, leaf)
    }

    /// The chain of EMR Direct.
    pub(crate) fn emrdirect() -> Self {
        let place = |state| {
            [
                ("US", DnType::CountryName),
                (state, DnType::StateOrProvinceName),
                ("San Diego", DnType::LocalityName),
            ]
        };
        let name = |state, unit, common| {
            let own = [
                ("EMR Direct", DnType::OrganizationName),
                (unit, DnType::OrganizationalUnitName),
                (common, DnType::CommonName),
            ];
            printable(place(state).iter().chain(&own))
        };
        let unit = "Certification Authority (certs.emrdirect.com)";
        let root = authority(name("CA", unit, "EMR Direct Test CA"), (2012, 9, 6), (2032, 9, 6), 1);
        let unit = "Test PKI Certification Authority (certs.emrdirect.com)";
        let sub_name = name("California", unit, "EMR Direct Test Client SubCA");
        let mut sub = authority(sub_name, (2014, 4, 24), (2029, 4, 24), SUB_SERIAL);
        sub.key_usages.insert(0, KeyUsagePurpose::DigitalSignature);
        sub.crl_distribution_points = list_at("http://certs.emrdirect.com/crl/EMRDirectTestCA.crl");
        let common = "https://stage.healthtogo.me:8181/fhir/r4/stage";
        let unit = "UDAP Test Certificate NOT FOR USE WITH PHI";
        let mut leaf = end_entity(name("California", unit, common), (2024, 1, 18), (2027, 1, 18));
        leaf.subject_alt_names = vec![uri(common)];
        leaf.crl_distribution_points = list_at("http://certs.emrdirect.com/crl/EMRDirectTestClientSubCA.crl");
        Self::new("emrdirect", common, root, sub, leaf)
    }

    fn new(
        name: &'static str,
        base: &'static str,
        root: CertificateParams,
        sub: CertificateParams,
        leaf: CertificateParams,
    ) -> Self {
        Self {
            name,
            base,
            root,
            sub,
            leaf,
            root_key: rsa(0),
            sub_key: rsa(1),
            leaf_key: rsa(2),
            sub_signer: None,
            leaf_signer: None,
            anchor_key: None,
            foreign_anchor: false,
            sub_is_anchor: false,
            has_earlier_root: false,
            sends_sub: true,
            sends_root: false,
            root_list: Some(List::new(vec![0x77])),
            sub_list: Some(List::new(Vec::new())),
            further_sub_list: None,
            patch_leaf: None,
            patch_sub: None,
            leaf_digest: None,
            now: NOW,
        }
    }

    /// Issues all of it.
    pub(crate) fn issue(&self) -> Issued {
        let by_root = Issuer::from_params(&self.root, self.sub_signer.unwrap_or(self.root_key));
        let by_sub = Issuer::from_params(&self.sub, self.leaf_signer.unwrap_or(self.sub_key));
        let root = self.root.self_signed(self.root_key).unwrap().der().to_vec();
        let mut sub = self.sub.signed_by(self.sub_key, &by_root).unwrap().der().to_vec();
        if let Some(patch) = self.patch_sub {
            sub = patched(&sub, patch, |body| by_root.key().sign(body).unwrap());
        }
        let mut leaf = self.leaf.signed_by(self.leaf_key, &by_sub).unwrap().der().to_vec();
        if let Some(patch) = self.patch_leaf {
            leaf = patched(&leaf, patch, |body| match self.leaf_digest {
                Some(digest) => crate::openssl::sign(digest, &by_sub.key().private_key_pem(), body),
                None => by_sub.key().sign(body).unwrap(),
            });
        }
        let anchor = self.anchor_key.map(|key| self.root.self_signed(key).unwrap().der().to_vec());
        let foreign = self.foreign_anchor.then(|| {
            let mut root = self.root.clone();
            root.distinguished_name.push(DnType::CommonName, "Somebody Else");
            root.self_signed(rsa(3)).unwrap().der().to_vec()
        });
        let sent = [(self.sends_sub, &sub), (self.sends_root, &root)];
        let lists = [
            (&self.root_list, &self.root, self.root_key),
            (&self.sub_list, &self.sub, self.sub_key),
            (&self.further_sub_list, &self.sub, self.sub_key),
        ];
        let earlier = self.has_earlier_root.then(|| self.root.self_signed(rsa(4)).unwrap().der().to_vec());
        let of_sub = self.sub_is_anchor.then(|| sub.clone());
        let anchor = of_sub.or(foreign).or(anchor).unwrap_or_else(|| root.clone());
        Issued {
            others: sent.into_iter().filter(|(send, _)| *send).map(|(_, der)| der.clone()).collect(),
            anchors: earlier.into_iter().chain([anchor]).collect(),
            leaf,
            crls: lists
                .into_iter()
                .filter_map(|(list, issuer, key)| list.as_ref().map(|list| list.issue(issuer, key)))
                .collect(),
        }
    }
}

impl List {
    pub(crate) fn new(revoked: Vec<u64>) -> Self {
        Self {
            signer: None,
            revoked,
            from: (2024, 5, 1),
            to: (2024, 7, 1),
            scope: None,
            reason: RevocationReason::KeyCompromise,
            patch: None,
        }
    }

    fn issue(&self, issuer: &CertificateParams, key: &'static Signer) -> Vec<u8> {
        // rcgen looks at the key usage of the issuer; what its certificate says is another matter here.
        let mut willing = issuer.clone();
        willing.key_usages = vec![KeyUsagePurpose::CrlSign];
        let issuer = Issuer::from_params(&willing, self.signer.unwrap_or(key));
        let date = |(year, month, day): Day| date_time_ymd(year, month, day);
        let list = CertificateRevocationListParams {
            this_update: date(self.from),
            next_update: date(self.to),
            crl_number: SerialNumber::from(7_u64),
            issuing_distribution_point: self.scope.clone(),
            revoked_certs: self
                .revoked
                .iter()
                .map(|serial| RevokedCertParams {
                    serial_number: SerialNumber::from(*serial),
                    revocation_time: date((2024, 5, 2)),
                    reason_code: Some(self.reason),
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        let der = list.signed_by(&issuer).unwrap().der().to_vec();
        match self.patch {
            Some(patch) => patched(&der, patch, |body| issuer.key().sign(body).unwrap()),
            None => der,
        }
    }
}

pub(crate) fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().unwrap())
}

pub(crate) fn list_at(url: &str) -> Vec<CrlDistributionPoint> {
    vec![CrlDistributionPoint { uris: vec![url.to_owned()] }]
}

/// An extension of no meaning.
pub(crate) fn unknown_extension(critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
    extension.set_criticality(critical);
    extension
}

fn printable<'a>(parts: impl Iterator<Item = &'a (&'static str, DnType)>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (text, kind) in parts {
        name.push(kind.clone(), DnValue::PrintableString((*text).try_into().unwrap()));
    }
    name
}

fn authority(name: DistinguishedName, from: Day, to: Day, serial: u64) -> CertificateParams {
    let mut params = end_entity(name, from, to);
    params.serial_number = Some(SerialNumber::from(serial));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn end_entity(name: DistinguishedName, from: Day, to: Day) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(to.0, to.1, to.2);
    params.serial_number = Some(SerialNumber::from(LEAF_SERIAL));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params
}
