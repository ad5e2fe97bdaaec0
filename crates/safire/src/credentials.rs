//! How a client proves itself, with who signs for it.

use std::borrow::Cow;
use std::sync::Arc;

use safire_protocol::client_profile::ClientProfile;
use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Choice;
use safire_protocol::credentials::Credentials as Proof;
use safire_protocol::credentials::CredentialsError;
use safire_protocol::credentials::KeyRef;
use safire_protocol::deviation::Deviation;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::jose::KeyError;
use safire_protocol::jose::PrivateKey;
use safire_protocol::registration::Registration;
use thiserror::Error;

use crate::signer::KeySigner;
use crate::signer::Signer;
use crate::store::KeyMaterial;
use crate::store::Record;

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

fn kept_key(material: &KeyMaterial) -> Result<Option<PrivateKey>, UnusableCredentials> {
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
            Self::KeyFile { .. } => "key-file-unreadable",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Method(error) => error.fault(),
            Self::Key(_) | Self::KeyFile { .. } => Fault::Caller,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Method(error) => error.hint(),
            Self::Key(_) => Some(Cow::Borrowed("give a usable key with `--key FILE`")),
            Self::KeyFile { .. } => Some(Cow::Borrowed(
                "the registration keeps only the key's path: put the key back there, or give it with `--key FILE`",
            )),
        }
    }
}
