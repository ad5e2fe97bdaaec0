//! Who a client is in a trust community: its URI and the certificate chain that proves it.

use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use rustls_pki_types::UnixTime as PkiTime;
use safire_jose::Algorithm;
use safire_jose::KeyKind;
use safire_jose::PrivateKey;
use safire_jose::PublicKey;
use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Policy;
use safire_pki::UriName;

use super::client_uri::ClientUri;
use super::identity_error::IdentityError;
use super::metadata::UdapMetadata;
use crate::credentials::AuthorizationExtensions;
use crate::credentials::CertificateProfile;
use crate::credentials::HL7_B2B;
use crate::identifier::ClientId;
use crate::time::UnixTime;

/// A client's URI with the certificate chain of its key. The private key is not in here: whoever has it signs.
#[derive(Clone)]
pub struct UdapIdentity {
    client_uri: ClientUri,
    chain: Chain,
    x5c: Vec<String>,
    key: PublicKey,
    /// From when to when the chain holds, once it was found sound: its signatures do not change with time.
    sound: Arc<OnceLock<(PkiTime, PkiTime)>>,
}

impl UdapIdentity {
    /// The client that `client_uri` names, by the chain that begins with its certificate.
    ///
    /// # Errors
    /// [`IdentityError::OtherClient`] when the URI is no URI name of the certificate, byte for byte;
    /// [`IdentityError::Key`] when its key is of no kind that signs here.
    pub fn new(client_uri: ClientUri, chain: Chain) -> Result<Self, IdentityError> {
        let names = chain.leaf().uri_names();
        if !names.iter().any(|name| name.as_str() == client_uri.as_str()) {
            let names = names.iter().map(UriName::to_string).collect();
            return Err(IdentityError::OtherClient { client_uri: client_uri.as_str().to_owned(), names });
        }
        let key = PublicKey::from_spki(chain.leaf().public_key().as_ref()).map_err(IdentityError::Key)?;
        let x5c = chain.to_x5c();
        Ok(Self { client_uri, chain, x5c, key, sound: Arc::default() })
    }

    /// The same from the text of a PEM file with one certificate after the other, or from DER.
    ///
    /// # Errors
    /// [`IdentityError::Certificate`] when it holds no readable chain, and as [`Self::new`].
    pub fn parse(client_uri: ClientUri, chain: &[u8]) -> Result<Self, IdentityError> {
        Self::new(client_uri, Chain::parse(chain).map_err(IdentityError::Certificate)?)
    }

    /// The URI.
    #[must_use]
    pub const fn client_uri(&self) -> &ClientUri {
        &self.client_uri
    }

    /// The chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What its key is.
    #[must_use]
    pub const fn key_kind(&self) -> KeyKind {
        self.key.kind()
    }

    /// Checks that the chain may be sent now: dates, order, signatures, usages, sizes.
    ///
    /// # Errors
    /// [`IdentityError::Chain`] with the certificate and the rule.
    pub fn check_at(&self, now: UnixTime) -> Result<(), IdentityError> {
        let seconds = u64::try_from(now.as_seconds()).unwrap_or_default();
        let now = PkiTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        if self.sound.get().is_some_and(|(from, to)| (*from..=*to).contains(&now)) {
            return Ok(());
        }
        self.chain
            .check_before_signing(&Policy::strict(), now)
            .map_err(|failure| IdentityError::Chain(Box::new(failure)))?;
        let from = self.chain.iter().map(Certificate::not_before).max();
        let to = self.chain.iter().map(Certificate::not_after).min();
        if let (Some(from), Some(to)) = (from, to) {
            let _ = self.sound.set((from, to));
        }
        Ok(())
    }

    /// The chain as `x5c` has it.
    pub(super) fn x5c(&self) -> Vec<String> {
        self.x5c.clone()
    }

    /// Checks that this is the private key of the certificate, by a signature.
    ///
    /// # Errors
    /// [`IdentityError::OtherKey`] when it is another, [`IdentityError::Sign`] when it does not sign.
    pub fn check_key(&self, key: &PrivateKey) -> Result<(), IdentityError> {
        const PROBE: &[u8] = b"is this the key of the certificate?";
        let algorithm = self.preferred();
        if key.check_algorithm(algorithm).is_err() {
            return Err(IdentityError::OtherKey);
        }
        let signature = key.sign(algorithm, PROBE).map_err(IdentityError::Sign)?;
        self.check_signature(algorithm, PROBE, &signature)
    }

    /// Checks that a signature was made with the certificate's key: the last thing before it is sent.
    ///
    /// # Errors
    /// [`IdentityError::OtherKey`].
    pub fn check_signature(
        &self,
        algorithm: Algorithm,
        input: &[u8],
        signature: &[u8],
    ) -> Result<(), IdentityError> {
        self.key.verify(algorithm, input, signature).map_err(|_| IdentityError::OtherKey)
    }

    /// The algorithm to sign with: the one asked for, else the first that the key can do and the server lists.
    ///
    /// # Errors
    /// [`IdentityError::AlgorithmNotOfKey`] or [`IdentityError::AlgorithmNotOffered`].
    pub fn algorithm(
        &self,
        asked: Option<Algorithm>,
        offered: &[String],
    ) -> Result<Algorithm, IdentityError> {
        let possible = candidates(self.key.kind());
        let is_offered = |algorithm: &Algorithm| offered.iter().any(|name| name == algorithm.as_str());
        let none_offered = |possible: Vec<Algorithm>| IdentityError::AlgorithmNotOffered {
            offered: offered.to_vec(),
            possible,
        };
        match asked {
            Some(asked) if !possible.contains(&asked) => {
                Err(IdentityError::AlgorithmNotOfKey { asked, possible: possible.to_vec() })
            }
            Some(asked) if is_offered(&asked) => Ok(asked),
            Some(asked) => Err(none_offered(vec![asked])),
            None => {
                let found = possible.iter().copied().find(is_offered);
                found.ok_or_else(|| none_offered(possible.to_vec()))
            }
        }
    }

    /// How the registered client proves itself at this server's token endpoint, with these extension objects.
    ///
    /// # Errors
    /// [`IdentityError::AlgorithmNotOffered`] and its like, and [`IdentityError::Credentials`] when `purpose_of_use`
    /// is not what the client is registered for.
    pub fn credentials(
        &self,
        client_id: ClientId,
        server: &UdapMetadata,
        asked: Option<Algorithm>,
        extensions: AuthorizationExtensions,
    ) -> Result<CertificateProfile, IdentityError> {
        let (algorithm, required) = self.token_requirements(server, asked)?;
        self.certificate_profile(client_id, algorithm, required)
            .with_extensions(extensions)
            .map_err(IdentityError::Credentials)
    }

    /// By which algorithm authentication tokens for this server are signed, and which extension objects it has to get.
    ///
    /// # Errors
    /// [`IdentityError::AlgorithmNotOfKey`] or [`IdentityError::AlgorithmNotOffered`].
    pub fn token_requirements(
        &self,
        server: &UdapMetadata,
        asked: Option<Algorithm>,
    ) -> Result<(Algorithm, Vec<String>), IdentityError> {
        let algorithm = self.algorithm(asked, &server.token_algorithms)?;
        let mut required = server.extensions_required.clone();
        // UDAP Security 2.0 §5.2.1: the object belongs to every client credentials request of the guide.
        if server.extensions.iter().any(|name| name == HL7_B2B)
            && !required.iter().any(|name| name == HL7_B2B)
        {
            required.push(HL7_B2B.to_owned());
        }
        Ok((algorithm, required))
    }

    /// The same of what is known since the registration: the algorithm, and what the server requires. No extension
    /// object is in it yet.
    #[must_use]
    pub fn certificate_profile(
        &self,
        client_id: ClientId,
        algorithm: Algorithm,
        required: Vec<String>,
    ) -> CertificateProfile {
        let purpose = self.client_uri.exchange_purpose().map(|purpose| purpose.as_str().to_owned());
        CertificateProfile::new(client_id, algorithm, self.x5c()).bound_to(required, purpose)
    }

    fn preferred(&self) -> Algorithm {
        candidates(self.key.kind()).first().copied().unwrap_or(Algorithm::Rs256)
    }
}

/// UDAP Security 2.0 §7.1.2, in the order of its table: what every server takes comes first.
const fn candidates(kind: KeyKind) -> &'static [Algorithm] {
    match kind {
        KeyKind::Rsa { .. } => &[Algorithm::Rs256, Algorithm::Rs384],
        KeyKind::P256 => &[Algorithm::Es256],
        KeyKind::P384 => &[Algorithm::Es384],
    }
}

impl fmt::Debug for UdapIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdapIdentity")
            .field("client_uri", &self.client_uri.as_str())
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}
