//! The EHR launch: the EHR opens the app's launch URL with `iss` and `launch` (SMART App Launch 2.2).

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;
use url::Origin;
use url::Url;
use url::form_urlencoded;

use crate::fault::Diagnose;
use crate::fault::Fault;
use crate::url::FhirBase;
use crate::url::LoopbackHttp;
use crate::url::UrlError;

/// Which FHIR servers may launch the app. At first none.
#[derive(Default)]
pub struct AllowedIssuers {
    loopback: LoopbackHttp,
    exact: Vec<String>,
    origins: Vec<Origin>,
    predicates: Vec<Predicate>,
}

type Predicate = Box<dyn Fn(&FhirBase) -> bool + Send + Sync>;

impl AllowedIssuers {
    /// No server at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Sets whether http on loopback is accepted, for development.
    #[must_use]
    pub const fn with_loopback(mut self, loopback: LoopbackHttp) -> Self {
        self.loopback = loopback;
        self
    }

    /// Allows this FHIR base; a slash at its end makes no difference.
    #[must_use]
    pub fn exactly(mut self, base: &FhirBase) -> Self {
        self.exact.push(base.key());
        self
    }

    /// Allows every FHIR base of this origin: the same scheme, host and port. The rest of the URL does not count.
    #[must_use]
    pub fn of_origin(mut self, url: &Url) -> Self {
        self.origins.push(url.origin());
        self
    }

    /// Allows every FHIR base of which `decides` says so.
    #[must_use]
    pub fn whenever(mut self, decides: impl Fn(&FhirBase) -> bool + Send + Sync + 'static) -> Self {
        self.predicates.push(Box::new(decides));
        self
    }

    /// Whether this FHIR base may launch the app.
    #[must_use]
    pub fn allows(&self, base: &FhirBase) -> bool {
        let origin = base.as_url().origin();
        // An opaque origin equals nothing but itself, so it allows nothing.
        self.exact.contains(&base.key())
            || self.origins.contains(&origin)
            || self.predicates.iter().any(|decides| decides(base))
    }
}

impl fmt::Debug for AllowedIssuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllowedIssuers")
            .field("loopback", &self.loopback)
            .field("exact", &self.exact)
            .field("origins", &self.origins)
            .field("predicates", &self.predicates.len())
            .finish()
    }
}

/// A launch by a server that is allowed to. There is no other way to get one. `Debug` does not show the value.
#[derive(Clone)]
pub struct EhrLaunch {
    base: FhirBase,
    launch: String,
}

impl EhrLaunch {
    /// Reads the query of the app's launch URL, with or without its `?`; the list decides before anything is sent.
    ///
    /// # Errors
    /// [`LaunchError`] when a parameter is missing, doubled or unusable, or the server is not on the list.
    pub fn from_query(query: &str, allowed: &AllowedIssuers) -> Result<Self, LaunchError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let iss = parameter(query, "iss")?;
        let launch = parameter(query, "launch")?;
        let base = FhirBase::parse(&iss, allowed.loopback).map_err(LaunchError::Iss)?;
        if allowed.allows(&base) {
            Ok(Self { base, launch })
        } else {
            Err(LaunchError::NotAllowed { iss: base.as_str().chars().take(300).collect() })
        }
    }

    /// Reads the whole URL at which the EHR opened the app.
    ///
    /// # Errors
    /// As [`Self::from_query`].
    pub fn from_url(url: &Url, allowed: &AllowedIssuers) -> Result<Self, LaunchError> {
        Self::from_query(url.query().unwrap_or_default(), allowed)
    }

    /// The FHIR server that launches.
    #[must_use]
    pub const fn base(&self) -> &FhirBase {
        &self.base
    }

    /// The value for [`super::AuthorizationRequest::with_launch`].
    #[must_use]
    pub fn launch(&self) -> &str {
        &self.launch
    }
}

impl fmt::Debug for EhrLaunch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EhrLaunch").field("base", &self.base.as_str()).field("launch", &"[redacted]").finish()
    }
}

/// The one value of a parameter.
fn parameter(query: &str, name: &'static str) -> Result<String, LaunchError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    match (values.next(), values.next()) {
        (Some(_), Some(_)) => Err(LaunchError::Doubled { parameter: name }),
        (Some((_, value)), None) if !value.trim().is_empty() => Ok(value.into_owned()),
        (Some(_) | None, _) => Err(LaunchError::Missing { parameter: name }),
    }
}

/// Why a launch is refused; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// A parameter is absent or blank.
    #[error("the launch URL has no `{parameter}`")]
    Missing {
        /// The parameter.
        parameter: &'static str,
    },
    /// A parameter came twice.
    #[error("the launch URL has `{parameter}` twice")]
    Doubled {
        /// The parameter.
        parameter: &'static str,
    },
    /// `iss` is no FHIR base.
    #[error("the launch URL's `iss` is no FHIR base: {0}")]
    Iss(UrlError),
    /// The server is not on the list.
    #[error("{iss} launches this app and is not on the list of allowed issuers; nothing was sent to it")]
    NotAllowed {
        /// The FHIR base in the launch URL.
        iss: String,
    },
}

impl Diagnose for LaunchError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "launch-parameter-missing",
            Self::Doubled { .. } => "launch-parameter-doubled",
            Self::Iss(_) => "launch-issuer-unusable",
            Self::NotAllowed { .. } => "launch-issuer-not-allowed",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Missing { .. } | Self::Doubled { .. } | Self::Iss(_) => Fault::Server,
            Self::NotAllowed { .. } => Fault::Trust,
        }
    }

    fn hint(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Missing { .. } | Self::Doubled { .. } => {
                "an EHR opens the launch URL with `iss` and `launch`, once each; opened by hand it has neither: start a standalone login instead"
            }
            Self::Iss(_) => "the EHR has to send its FHIR base, as https URL: tell its operator",
            Self::NotAllowed { .. } => {
                "if this server may launch the app, add it to the list; if nobody knows it, somebody may be trying to get at its users"
            }
        }))
    }
}
