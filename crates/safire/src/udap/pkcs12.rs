//! Certificate chain and private key from a PKCS#12 file (RFC 7292).

use p12_keystore::KeyStore;
use p12_keystore::Pkcs12ImportPolicy;
use safire_protocol::jose::PrivateKey;
use safire_protocol::pki::Chain;
use safire_protocol::secret::Passphrase;
use safire_protocol::udap::ClientUri;
use safire_protocol::udap::IdentityError;
use safire_protocol::udap::UdapIdentity;

use super::identity::ClientIdentity;
use crate::error::Error;

impl ClientIdentity {
    /// The client with this URI, by the key of a PKCS#12 file and the chain of its certificate there.
    ///
    /// # Errors
    /// [`Error::Udap`] when the file cannot be read with this passphrase, holds no key with its certificate, or is of
    /// another client.
    pub fn from_pkcs12(client_uri: &str, file: &[u8], passphrase: &Passphrase) -> Result<Self, Error> {
        let unreadable = |detail: String| IdentityError::KeyFile { detail };
        let store = KeyStore::from_pkcs12(file, passphrase.expose_secret(), Pkcs12ImportPolicy::Strict)
            .map_err(|error| unreadable(error.to_string()))?;
        let (_, found) = store
            .private_key_chain()
            .ok_or_else(|| unreadable("no private key with its certificate in it".to_owned()))?;
        let key = PrivateKey::parse(found.key().as_der()).map_err(IdentityError::Key)?;
        let certificates: Vec<&[u8]> = found.certs().iter().map(|certificate| certificate.as_der()).collect();
        let chain = Chain::from_der(&certificates).map_err(IdentityError::Certificate)?;
        Self::of(UdapIdentity::new(ClientUri::parse(client_uri)?, chain)?, key)
    }
}
