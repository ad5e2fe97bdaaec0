/// Something that a verification has to be given before it can go on.
///
/// The URLs come from certificates, those of [`Self::Issuer`] from ones not trusted yet: a caller that runs inside
/// a private network should not let them lead there. http is usual and harmless, as all three are signed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Need {
    /// A revocation list (RFC 5280 §4.2.1.13): GET.
    Crl {
        /// Where.
        url: String,
    },
    /// The certificate of an issuer (RFC 5280 §4.2.2.1): GET.
    Issuer {
        /// Where.
        url: String,
    },
    /// The answer of an OCSP responder (RFC 6960 §A.1): POST of the request.
    Ocsp {
        /// Where.
        url: String,
        /// The DER of the request.
        request: Vec<u8>,
    },
}

impl Need {
    /// Where to send the request.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Crl { url } | Self::Issuer { url } | Self::Ocsp { url, .. } => url,
        }
    }

    /// The body of the POST; nothing where a GET is meant.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Ocsp { request, .. } => Some(request),
            Self::Crl { .. } | Self::Issuer { .. } => None,
        }
    }

    /// The `Content-Type` of the body.
    #[must_use]
    pub const fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::Ocsp { .. } => Some("application/ocsp-request"),
            Self::Crl { .. } | Self::Issuer { .. } => None,
        }
    }

    /// The value for `Accept`.
    #[must_use]
    pub const fn accept(&self) -> &'static str {
        match self {
            Self::Crl { .. } => "application/pkix-crl",
            Self::Issuer { .. } => "application/pkix-cert, application/pkcs7-mime",
            Self::Ocsp { .. } => "application/ocsp-response",
        }
    }

    /// What it is, for messages.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Crl { .. } => "revocation list",
            Self::Issuer { .. } => "issuer",
            Self::Ocsp { .. } => "OCSP responder",
        }
    }
}
