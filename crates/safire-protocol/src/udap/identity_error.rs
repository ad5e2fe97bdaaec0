//! Why a client cannot sign as itself.

use std::borrow::Cow;

use safire_jose::Algorithm;
use safire_jose::KeyError;
use safire_jose::SignError;
use safire_pki::CertificateError;
use safire_pki::TrustFailure;
use thiserror::Error;

use crate::credentials::CredentialsError;
use crate::fault::Diagnose;
use crate::fault::Fault;

/// Why a client cannot sign as itself; found before anything is sent. No variant carries key material.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The chain cannot be read.
    #[error("the client's certificate chain cannot be read: {0}")]
    Certificate(CertificateError),
    /// The chain is not fit to be sent: expired, out of order, not signed by the next, too weak.
    #[error("the client's certificate chain cannot be used: {0}")]
    Chain(Box<TrustFailure>),
    /// The certificate is not of this client.
    #[error("the client URI `{client_uri}` is no URI name of the client's certificate, which has: {}", list(.names))]
    OtherClient {
        /// The URI wanted.
        client_uri: String,
        /// The URI names there are.
        names: Vec<String>,
    },
    /// The private key is not usable, or the certificate's public one.
    #[error(transparent)]
    Key(KeyError),
    /// The private key belongs to another certificate.
    #[error("the private key does not belong to the client's certificate")]
    OtherKey,
    /// The key cannot sign by the algorithm asked for.
    #[error("the key of the client's certificate cannot sign `{}`; it can sign {}", .asked.as_str(), algorithms(.possible))]
    AlgorithmNotOfKey {
        /// What was asked for.
        asked: Algorithm,
        /// What the key can do.
        possible: Vec<Algorithm>,
    },
    /// The server does not take what the key can sign.
    #[error("the server takes {}, and the client can sign {}", list(.offered), algorithms(.possible))]
    AlgorithmNotOffered {
        /// What the server lists.
        offered: Vec<String>,
        /// What the key can do, or the one asked for.
        possible: Vec<Algorithm>,
    },
    /// A PKCS#12 file cannot be read.
    #[error("the PKCS#12 file cannot be read: {detail}")]
    KeyFile {
        /// What is wrong, without key material.
        detail: String,
    },
    /// A `jti` with nothing in it.
    #[error("the `jti` is blank; every statement needs one of its own")]
    JtiBlank,
    /// Header or claims cannot be written, or the key refuses.
    #[error("nothing was signed: {0}")]
    Sign(SignError),
    /// The authentication tokens would lack something.
    #[error(transparent)]
    Credentials(CredentialsError),
}

impl Diagnose for IdentityError {
    fn code(&self) -> &'static str {
        match self {
            Self::Certificate(error) => error.code(),
            Self::Chain(failure) => failure.code(),
            Self::OtherClient { .. } => "udap-client-uri-not-in-certificate",
            Self::Key(error) => error.code(),
            Self::OtherKey => "udap-key-of-another-certificate",
            Self::AlgorithmNotOfKey { .. } => "udap-algorithm-not-of-key",
            Self::AlgorithmNotOffered { .. } => "udap-algorithm-not-offered",
            Self::KeyFile { .. } => "udap-key-file",
            Self::JtiBlank => "udap-jti-blank",
            Self::Sign(error) => error.code(),
            Self::Credentials(error) => error.code(),
        }
    }

    fn fault(&self) -> Fault {
        Fault::Caller
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Certificate(_) => {
                "give PEM or DER: the client's certificate first, then its issuers in order"
            }
            Self::Chain(failure) => failure.hint(),
            Self::OtherClient { .. } => {
                "use the URI name of the certificate, byte for byte, or the certificate of this client"
            }
            Self::Key(_) => {
                "use an RSA key of at least 2048 bits, or one on P-256 or P-384, without a passphrase"
            }
            Self::OtherKey => "give the private key that the certificate was issued for",
            Self::AlgorithmNotOfKey { .. } => {
                "leave the algorithm out, or use a certificate for a key of its kind"
            }
            Self::AlgorithmNotOffered { .. } => {
                "have a certificate issued for another kind of key: every server has to take RS256"
            }
            Self::KeyFile { .. } => {
                "check the passphrase; the file must hold one private key with its certificate"
            }
            Self::JtiBlank => "draw a random identifier for each statement",
            Self::Sign(_) => "check that the key may sign",
            Self::Credentials(error) => return error.hint(),
        }))
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().take(8).map(|name| crate::discovery::printable(name)).collect::<Vec<_>>().join(", ")
}

fn algorithms(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(", ")
}
