//! The runtime client: a server, and how to prove oneself there.

mod authorize;
mod exchange;
mod id_token;
mod introspect;
mod jwt_bearer;
mod token;

use crate::credentials::Credentials;
use crate::server::Server;

/// A registered client at one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    server: Server,
    credentials: Credentials,
}

// Here and not beside `Server`: the server is an earlier stage and knows no client.
impl Server {
    /// The runtime client that proves itself with these credentials.
    #[must_use]
    pub fn client(&self, credentials: Credentials) -> Client {
        Client { server: self.clone(), credentials }
    }
}

impl Client {
    /// The server.
    #[must_use]
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// The credentials.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}
