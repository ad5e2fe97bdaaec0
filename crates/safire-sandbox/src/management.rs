//! How registrations are managed: what RFC 7592 leaves to the server.

/// How the sandbox lets clients manage their registrations.
///
/// ```
/// use safire_sandbox::{BadToken, Management};
///
/// let as_keycloak = Management::new().rotating_token();
/// let strange = Management::new().rotating_secret().bad_token(BadToken::BadRequest);
/// # assert_ne!(as_keycloak, strange);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Management {
    served: Served,
    token: Rotation,
    secret: Rotation,
    bad_token: BadToken,
}

/// Which part of RFC 7592 is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Served {
    /// All of it.
    #[default]
    All,
    /// Read; the other methods get 405.
    ReadOnly,
    /// Nothing, although the registration named a place: 405 to every method.
    NotAllowed,
    /// Nothing, although the registration named a place: 404.
    NotFound,
    /// Nothing, and the registration names neither a place nor a token.
    Absent,
}

/// What a management token that is not good is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BadToken {
    /// 401, as RFC 7592 §2 wants it.
    #[default]
    Unauthorized,
    /// 403.
    Forbidden,
    /// 400.
    BadRequest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Rotation {
    #[default]
    Off,
    On,
}

impl Management {
    /// RFC 7592 whole, without rotation.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            served: Served::All,
            token: Rotation::Off,
            secret: Rotation::Off,
            bad_token: BadToken::Unauthorized,
        }
    }

    /// Serves this part.
    #[must_use]
    pub const fn served(mut self, served: Served) -> Self {
        self.served = served;
        self
    }

    /// Answers each read and each update with another registration access token; the one before is dead at once.
    #[must_use]
    pub const fn rotating_token(mut self) -> Self {
        self.token = Rotation::On;
        self
    }

    /// Answers each update with another client secret, where the client has one; the one before is dead at once.
    #[must_use]
    pub const fn rotating_secret(mut self) -> Self {
        self.secret = Rotation::On;
        self
    }

    /// Answers a management token that is not good so.
    #[must_use]
    pub const fn bad_token(mut self, answer: BadToken) -> Self {
        self.bad_token = answer;
        self
    }

    pub(crate) const fn what_is_served(self) -> Served {
        self.served
    }

    pub(crate) const fn rotates_token(self) -> bool {
        matches!(self.token, Rotation::On)
    }

    pub(crate) const fn rotates_secret(self) -> bool {
        matches!(self.secret, Rotation::On)
    }

    pub(crate) const fn answer_to_bad_token(self) -> BadToken {
        self.bad_token
    }
}
