//! How a client proves itself, with who signs for it.

use std::borrow::Cow;
use std::sync::Arc;

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::credentials::AssertionProfile;
#[cfg(feature = "udap")]
use safire_protocol::credentials::AuthorizationExtensions;
use safire_protocol::credentials::BasicEncoding;
#[cfg(feature = "udap")]
use safire_protocol::credentials::CertificateProfile;
use safire_protocol::credentials::Choice;
use safire_protocol::credentials::Credentials as Proof;
use safire_protocol::credentials::CredentialsError;
use safire_protocol::credentials::KeyRef;
use safire_protocol::deviation::Deviation;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::KeyError;
use safire_protocol::jose::PrivateKey;
#[cfg(feature = "udap")]
use safire_protocol::pki::Chain;
use safire_protocol::registration::Registration;
#[cfg(feature = "udap")]
use safire_protocol::udap::ClientUri;
#[cfg(feature = "udap")]
use safire_protocol::udap::ClientUriError;
#[cfg(feature = "udap")]
use safire_protocol::udap::IdentityError;
#[cfg(feature = "udap")]
use safire_protocol::udap::UdapIdentity;
use thiserror::Error;

use crate::signer::KeySigner;
use crate::signer::Signer;
use crate::store::KeyMaterial;
use crate::store::Record;
#[cfg(feature = "udap")]
use crate::store::Settings;
#[cfg(feature = "udap")]
use crate::store::UdapSettings;

/// How a client proves itself: the proof, and who signs where it is an assertion.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Credentials {
    /// The proof.
    pub proof: Proof,
    /// Who signs assertions.
    pub signer: Option<Arc<dyn Signer>>,
    /// The scope to ask for where a call names none: the one fixed by hand, else the one registered.
    pub scope: Option<String>,
    /// What was odd about the server's choice of method.
    pub deviations: Vec<Deviation>,
    /// Whose rules the client follows.
    pub profile: ClientProfile,
}

impl Credentials {
    /// Credentials that sign nothing: a public client or a secret.
    #[must_use]
    pub const fn unsigned(proof: Proof) -> Self {
        let profile = ClientProfile::Standard;
        Self { proof, signer: None, scope: None, deviations: Vec::new(), profile }
    }

    /// Credentials whose assertions `signer` signs: a key in memory, an HSM or a KMS.
    #[must_use]
    pub fn signed(profile: AssertionProfile, signer: Arc<dyn Signer>) -> Self {
        Self {
            proof: Proof::PrivateKeyJwt(profile),
            signer: Some(signer),
            scope: None,
            deviations: Vec::new(),
            profile: ClientProfile::Standard,
        }
    }

    /// Credentials whose authentication tokens carry a certificate chain; `signer` has its key.
    #[cfg(feature = "udap")]
    #[must_use]
    pub fn certified(profile: CertificateProfile, signer: Arc<dyn Signer>) -> Self {
        Self { signer: Some(signer), ..Self::unsigned(Proof::UdapCertificate(Box::new(profile))) }
    }

    /// The same client under other circumstances: a UDAP token is for those of its own request alone. Other proofs
    /// carry no extension, and stay as they are.
    ///
    /// # Errors
    /// [`UnusableCredentials`] when `purpose_of_use` is not what the client is registered for.
    #[cfg(feature = "udap")]
    pub fn with_extensions(
        mut self,
        extensions: AuthorizationExtensions,
    ) -> Result<Self, UnusableCredentials> {
        if let Proof::UdapCertificate(profile) = self.proof {
            self.proof = Proof::UdapCertificate(Box::new(profile.with_extensions(extensions)?));
        }
        Ok(self)
    }

    /// A name for the circumstances that each request asserts (UDAP extension objects); `None` where there are none. A
    /// token that was asked for under one must not be used under another (UDAP Security 2.0 §5.2.4).
    #[must_use]
    pub fn context(&self) -> Option<String> {
        #[cfg(feature = "udap")]
        if let Proof::UdapCertificate(profile) = &self.proof {
            return profile.extensions().digest();
        }
        None
    }

    /// Sets whose rules the client follows.
    #[must_use]
    pub const fn with_profile(mut self, profile: ClientProfile) -> Self {
        self.profile = profile;
        self
    }

    /// The credentials of a registration, by what the server answered.
    ///
    /// # Errors
    /// [`UnusableCredentials`] when the method named cannot work with what came.
    pub fn of_registration(
        registration: &Registration,
        key: Option<PrivateKey>,
    ) -> Result<Self, UnusableCredentials> {
        Self::of_profile(registration, key, ClientProfile::Standard)
    }

    /// The credentials of a registration that was made by the rules of this profile.
    ///
    /// # Errors
    /// As [`Credentials::of_registration`].
    pub fn of_profile(
        registration: &Registration,
        key: Option<PrivateKey>,
        profile: ClientProfile,
    ) -> Result<Self, UnusableCredentials> {
        let mut choice = Choice::default();
        choice.profile = profile;
        Self::choose(registration, key, &choice)
    }

    /// The credentials of a stored registration: its own key unless another is given, and its settings.
    ///
    /// # Errors
    /// [`UnusableCredentials`] when its key cannot be read or the method named cannot work with what came.
    pub fn of_record(
        record: &Record,
        registration: &Registration,
        key: Option<PrivateKey>,
    ) -> Result<Self, UnusableCredentials> {
        let settings = &record.content.settings;
        #[cfg(feature = "udap")]
        if let Some(bound) = &settings.udap {
            return certified_of(bound, record, registration, key);
        }
        let key = match key {
            Some(key) => Some(key),
            None => kept_key(&record.content.key)?,
        };
        let key = match (key, &settings.kid) {
            (Some(key), Some(kid)) => Some(key.with_kid(kid.clone())),
            (key, _) => key,
        };
        let mut choice = Choice::default();
        choice.profile = settings.profile;
        if settings.basic_encoding.as_deref() == Some("raw") {
            choice.basic_encoding = BasicEncoding::Raw;
        }
        let mut credentials = Self::choose(registration, key, &choice)?;
        if settings.scope.is_some() {
            credentials.scope.clone_from(&settings.scope);
        }
        Ok(credentials)
    }

    fn choose(
        registration: &Registration,
        key: Option<PrivateKey>,
        choice: &Choice,
    ) -> Result<Self, UnusableCredentials> {
        let described = key.as_ref().map(|key| KeyRef {
            kid: key.kid(),
            algorithm: key.algorithm(),
            kind: Some(key.kind()),
        });
        let chosen = Proof::choose(registration, described, choice)?;
        let signer = match (&chosen.credentials, key) {
            (Proof::PrivateKeyJwt(_), Some(key)) => Some(Arc::new(KeySigner::new(key)) as Arc<dyn Signer>),
            _ => None,
        };
        for deviation in &chosen.deviations {
            tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
        }
        let scope = registration.granted().scope.clone();
        Ok(Self {
            proof: chosen.credentials,
            signer,
            scope,
            deviations: chosen.deviations,
            profile: choice.profile,
        })
    }
}

/// By the certificate that was registered. The extension objects are those of each request; the usual ones stand in.
#[cfg(feature = "udap")]
fn certified_of(
    bound: &UdapSettings,
    record: &Record,
    registration: &Registration,
    key: Option<PrivateKey>,
) -> Result<Credentials, UnusableCredentials> {
    let identity = |error: IdentityError| UnusableCredentials::Certificate(Box::new(error));
    let key = match key {
        Some(key) => key,
        None => kept_key(&record.content.key)?.ok_or(CredentialsError::MissingKey)?,
    };
    let chain = Chain::from_x5c(&bound.chain).map_err(|error| identity(IdentityError::Certificate(error)))?;
    let client_uri = ClientUri::parse(bound.client_uri.as_str()).map_err(UnusableCredentials::ClientUri)?;
    let client = UdapIdentity::new(client_uri, chain).map_err(identity)?;
    client.check_key(&key).map_err(identity)?;
    let (client_id, required) = (registration.client_id().clone(), bound.extensions_required.clone());
    let profile = client
        .certificate_profile(client_id, bound.algorithm, required)
        .with_extensions(usual(&record.content.settings))?;
    let signer =
        KeySigner::with_algorithm(key, bound.algorithm).map_err(|_| identity(IdentityError::OtherKey))?;
    let mut credentials = Credentials::certified(profile, Arc::new(signer));
    let asked = registration.requested().get("scope").and_then(serde_json::Value::as_str);
    let granted = registration.granted().scope.clone();
    credentials.scope =
        record.content.settings.scope.clone().or(granted).or_else(|| asked.map(str::to_owned));
    Ok(credentials)
}

#[cfg(feature = "udap")]
fn usual(settings: &Settings) -> AuthorizationExtensions {
    let objects = settings.authorization_extensions.iter();
    let objects = objects.filter_map(|(name, object)| Some((name, object.as_object()?)));
    objects.fold(AuthorizationExtensions::new(), |all, (name, object)| all.with(name, object.clone()))
}

/// The key that is kept, read anew.
pub(crate) fn kept_key(material: &KeyMaterial) -> Result<Option<PrivateKey>, UnusableCredentials> {
    match material {
        KeyMaterial::None => Ok(None),
        KeyMaterial::Pem(pem) => Ok(Some(PrivateKey::parse(pem.expose_secret().as_bytes())?)),
        KeyMaterial::Path(path) => {
            let bytes = std::fs::read(path).map_err(|error| UnusableCredentials::KeyFile {
                path: path.display().to_string(),
                detail: error.to_string(),
            })?;
            Ok(Some(PrivateKey::parse(&bytes)?))
        }
    }
}

/// Why a client cannot prove itself; found before anything is sent.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum UnusableCredentials {
    /// The method named cannot work with what came.
    #[error(transparent)]
    Method(#[from] CredentialsError),
    /// The client's certificate is not usable, or not that of its key.
    #[cfg(feature = "udap")]
    #[error(transparent)]
    Certificate(Box<IdentityError>),
    /// The client's URI is none.
    #[cfg(feature = "udap")]
    #[error(transparent)]
    ClientUri(ClientUriError),
    /// The key is not usable.
    #[error("the client's private key is not usable")]
    Key(#[from] KeyError),
    /// The key's file cannot be read.
    #[error("the client's key file {path} cannot be read: {detail}")]
    KeyFile {
        /// The file.
        path: String,
        /// What the system says.
        detail: String,
    },
}

impl Diagnose for UnusableCredentials {
    fn code(&self) -> &'static str {
        match self {
            Self::Method(error) => error.code(),
            Self::Key(error) => error.code(),
            #[cfg(feature = "udap")]
            Self::Certificate(error) => error.code(),
            #[cfg(feature = "udap")]
            Self::ClientUri(error) => error.code(),
            Self::KeyFile { .. } => "key-file-unreadable",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Method(error) => error.fault(),
            #[cfg(feature = "udap")]
            Self::Certificate(_) | Self::ClientUri(_) => Fault::Caller,
            Self::Key(_) | Self::KeyFile { .. } => Fault::Caller,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Method(error) => error.hint(),
            #[cfg(feature = "udap")]
            Self::Certificate(error) => error.hint(),
            #[cfg(feature = "udap")]
            Self::ClientUri(error) => error.hint(),
            Self::Key(_) => Some(Cow::Borrowed("give a usable key with `--key FILE`")),
            Self::KeyFile { .. } => Some(Cow::Borrowed(
                "the registration keeps only the key's path: put the key back there, or give it with `--key FILE`",
            )),
        }
    }
}
