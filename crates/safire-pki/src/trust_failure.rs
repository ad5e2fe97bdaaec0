use std::cmp::Reverse;
use std::error::Error;
use std::fmt;

use crate::certificate::Certificate;
use crate::revocation_status::Tried;
use crate::rule::Rule;

/// Why a chain is not trusted: every path that was tried, and what each broke.
#[derive(Debug, Clone)]
pub struct TrustFailure {
    community: String,
    attempts: Vec<Attempt>,
}

/// One path that was tried.
#[derive(Debug, Clone)]
pub struct Attempt {
    path: Vec<Certificate>,
    certificate: Option<Certificate>,
    rule: Rule,
    detail: String,
    tried: Vec<Tried>,
    superseded: bool,
}

impl TrustFailure {
    pub(crate) fn new(community: &str, mut attempts: Vec<Attempt>) -> Self {
        // Stable, so that equal ones stay in the order of the search.
        attempts.sort_by_key(|attempt| {
            (attempt.superseded, Reverse(attempt.rule.progress()), Reverse(attempt.path.len()))
        });
        Self { community: community.to_owned(), attempts }
    }

    /// The community that was asked.
    #[must_use]
    pub fn community(&self) -> &str {
        &self.community
    }

    /// What was tried; the attempt that came furthest is first.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The rule of the attempt that came furthest.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.attempts.first().map_or(Rule::IssuerFound, |attempt| attempt.rule)
    }

    /// The stable code of this error: that of [`Self::rule`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.rule().code()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.rule().hint()
    }
}

impl Attempt {
    pub(crate) fn new(
        path: &[Certificate],
        certificate: &Certificate,
        rule: Rule,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_vec(),
            certificate: Some(certificate.clone()),
            rule,
            detail: detail.into(),
            tried: Vec::new(),
            superseded: false,
        }
    }

    pub(crate) fn general(rule: Rule, detail: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            certificate: None,
            rule,
            detail: detail.into(),
            tried: Vec::new(),
            superseded: false,
        }
    }

    /// The same certificate has an issuer after all, so that this is not what stands in the way.
    pub(crate) fn supersede(&mut self) {
        self.superseded = true;
    }

    pub(crate) fn along(mut self, path: &[Certificate]) -> Self {
        self.path = path.to_vec();
        self
    }

    pub(crate) fn with_tried(mut self, tried: Vec<Tried>) -> Self {
        self.tried = tried;
        self
    }

    /// The certificates of the path, from the leaf as far as it came.
    #[must_use]
    pub fn path(&self) -> &[Certificate] {
        &self.path
    }

    /// The certificate that broke the rule, when it was one.
    #[must_use]
    pub const fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// What was seen, and what was expected.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The lists, responders and URLs that were asked, and what came of each.
    #[must_use]
    pub fn tried(&self) -> &[Tried] {
        &self.tried
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(certificate) = &self.certificate {
            write!(f, "{}: ", certificate.label())?;
        }
        f.write_str(&self.detail)?;
        for tried in &self.tried {
            write!(f, "\n     - {tried}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TrustFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no path of the certificate chain is trusted in the community {:?}", self.community)?;
        for (index, attempt) in self.attempts.iter().enumerate().take(MOST_SHOWN) {
            write!(f, "\n  {}. {attempt}", index + 1)?;
        }
        match self.attempts.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl Error for TrustFailure {}

/// A chain made to confuse can have hundreds of paths.
const MOST_SHOWN: usize = 12;
