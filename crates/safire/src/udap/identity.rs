//! A client that can sign as itself.

use std::fmt;
use std::sync::Arc;

use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use safire_protocol::jose::SigningInput;
use safire_protocol::udap::Certification;
use safire_protocol::udap::ClientUri;
use safire_protocol::udap::IdentityError;
use safire_protocol::udap::UdapIdentity;

use crate::error::Error;
use crate::random;
use crate::server::Server;
use crate::signer::KeySigner;
use crate::signer::Signer;

/// A client's URI and certificate chain, with who signs: a key in memory, an HSM or a KMS.
#[derive(Clone)]
pub struct ClientIdentity {
    identity: UdapIdentity,
    keeper: Keeper,
    algorithm: Option<Algorithm>,
}

#[derive(Clone)]
enum Keeper {
    Memory(PrivateKey),
    External(Arc<dyn Signer>),
}

impl ClientIdentity {
    /// The client with this URI, by its chain (PEM, the client's certificate first) and the key of its certificate.
    ///
    /// # Errors
    /// [`Error::Udap`] when the URI is none or no URI name of the certificate, the chain cannot be read, or the key is
    /// of another certificate.
    pub fn new(client_uri: &str, chain: &[u8], key: PrivateKey) -> Result<Self, Error> {
        Self::of(UdapIdentity::parse(ClientUri::parse(client_uri)?, chain)?, key)
    }

    /// The same of an identity that was put together before.
    ///
    /// # Errors
    /// [`Error::Udap`] when the key is of another certificate.
    pub fn of(identity: UdapIdentity, key: PrivateKey) -> Result<Self, Error> {
        identity.check_key(&key)?;
        Ok(Self { identity, keeper: Keeper::Memory(key), algorithm: None })
    }

    /// An identity whose key somebody else keeps. Each signature is checked against the certificate before it is sent.
    #[must_use]
    pub fn with_signer(identity: UdapIdentity, signer: Arc<dyn Signer>) -> Self {
        let algorithm = Some(signer.algorithm());
        Self { identity, keeper: Keeper::External(signer), algorithm }
    }

    /// Signs by this algorithm, in place of the first that key and server have in common.
    #[must_use]
    pub const fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// URI and chain.
    #[must_use]
    pub const fn identity(&self) -> &UdapIdentity {
        &self.identity
    }

    /// Signs a certification about this client or another, by this client's key.
    ///
    /// # Errors
    /// [`Error::Udap`] when a claim breaks a rule, [`Error::Signer`] when nothing was signed.
    pub async fn certify(&self, certification: &Certification, server: &Server) -> Result<String, Error> {
        let kind = self.identity.key_kind();
        let algorithms: Vec<String> = kind.algorithms().iter().map(|name| name.as_str().to_owned()).collect();
        let algorithm = self.identity.algorithm(self.algorithm, &algorithms)?;
        let now = server.clock().now();
        let input = certification.signing_input(&self.identity, algorithm, now, &random::identifier()?)?;
        let signature = self.sign(algorithm, &input).await?;
        self.identity.check_signature(algorithm, input.as_bytes(), &signature)?;
        Ok(input.attach(&signature))
    }

    pub(super) const fn asked_algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    pub(super) async fn sign(&self, algorithm: Algorithm, input: &SigningInput) -> Result<Vec<u8>, Error> {
        Ok(self.signer(algorithm)?.sign(input.as_bytes()).await?)
    }

    pub(super) fn signer(&self, algorithm: Algorithm) -> Result<Arc<dyn Signer>, Error> {
        match &self.keeper {
            Keeper::Memory(key) => Ok(Arc::new(KeySigner::with_algorithm(key.clone(), algorithm)?)),
            Keeper::External(signer) if signer.algorithm() == algorithm => Ok(Arc::clone(signer)),
            Keeper::External(signer) => {
                let possible = vec![signer.algorithm()];
                Err(IdentityError::AlgorithmNotOfKey { asked: algorithm, possible }.into())
            }
        }
    }
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity")
            .field("identity", &self.identity)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
