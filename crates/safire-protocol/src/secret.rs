//! Values that must never be seen: newtypes that print nothing and are wiped when dropped.

use std::fmt;

use zeroize::Zeroizing;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps the text; it is wiped from memory when the value is dropped.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself, for the one place that sends or stores it.
            #[must_use]
            pub fn expose_secret(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret! {
    /// A client secret, RFC 6749 §2.3.1.
    ClientSecret
}
secret! {
    /// The token that manages a registration, RFC 7592 §3.
    RegistrationAccessToken
}
secret! {
    /// The token that permits a registration, RFC 7591 §3: sent to the registration endpoint and nowhere else.
    InitialAccessToken
}
secret! {
    /// A whole `Authorization` header value, sent verbatim.
    AuthorizationHeader
}
secret! {
    /// An access token, RFC 6749 §1.4.
    AccessToken
}
secret! {
    /// A refresh token, RFC 6749 §1.5.
    RefreshToken
}
secret! {
    /// An id token, OpenID Connect Core §2.
    IdToken
}
secret! {
    /// A signed client assertion, RFC 7523 §2.2.
    ClientAssertion
}
secret! {
    /// An authorization code, RFC 6749 §1.3.1.
    AuthorizationCode
}
secret! {
    /// A signed assertion that is itself the grant, RFC 7523 §2.1.
    GrantAssertion
}
secret! {
    /// A private key as text: PEM, PKCS#8.
    PrivateKeyPem
}
secret! {
    /// What protects a key file.
    Passphrase
}
secret! {
    /// A server's whole answer, which may hold secrets.
    RawAnswer
}
