//! A real server with an application beside it: its clients are registered by Safire, and people log in to it.

use std::thread;

use bytes::Bytes;
use http::Request;
use safire::Client;
use safire::Credentials;
use safire::Error;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::authorize::Callback;
use safire::protocol::authorize::PendingAuthorization;
use safire::protocol::credentials::AuthMethod;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::id_token::IdTokenCheck;
use safire::protocol::id_token::IdTokenError;
use safire::protocol::id_token::KeySet;
use safire::protocol::id_token::KeySetRequest;
use safire::protocol::id_token::ValidIdToken;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::AccessToken;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::time::UnixTime;
use safire::protocol::token::TokenResponse;
use safire::protocol::url::LoopbackHttp;
use safire::store::KeyMaterial;
use safire::transport::HttpTransport;
use safire::transport::Transport;
use safire_e2e::Authlib;
use safire_e2e::Browser;
use safire_e2e::OidcProvider;
use safire_e2e::Options;
use safire_e2e::Person;
use safire_e2e::Running;
use url::Url;

use crate::steps;
use crate::steps::Place;

pub(crate) const REDIRECT_URI: &str = "https://app.example.com/callback";
pub(crate) const SCOPE: &str = "openid fhirUser offline_access launch/patient patient/*.rs";
pub(crate) const USER: &str = "alice";

/// A started server. When a test fails, it shows what the server wrote.
pub(crate) struct Site {
    pub(crate) running: Running,
    pub(crate) place: Place,
    transport: HttpTransport,
}

impl Site {
    pub(crate) async fn at_oidc_provider() -> Option<Self> {
        OidcProvider::start(Options::default()).await.unwrap().map(Self::of)
    }

    pub(crate) async fn at_authlib() -> Option<Self> {
        Authlib::start(Options::default()).await.unwrap().map(Self::of)
    }

    pub(crate) fn of(running: Running) -> Self {
        let place = Place::new(&running.fhir_base());
        let transport = HttpTransport::builder().loopback(LoopbackHttp::Allowed).build();
        Self { running, place, transport }
    }

    /// A public client, which is what most tests need.
    pub(crate) async fn client(&self) -> Client {
        self.register(&app("App", AuthMethod::None), None).await
    }

    /// Registers a client by Safire; `algorithm` is of its key, where it has one.
    pub(crate) async fn register(&self, metadata: &ClientMetadata, algorithm: Option<Algorithm>) -> Client {
        let mut call = self.place.server.register_client(metadata).store(&self.place.store);
        if let Some(algorithm) = algorithm {
            let key = PrivateKey::generate(algorithm).unwrap();
            call = call.key(&key, KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str())));
        }
        let registered = call.await.unwrap();
        let different = steps::different_members(&registered);
        assert!(different.is_empty(), "{:?}", registered.registration.differences());
        self.place.server.client(registered.credentials(None).unwrap())
    }

    /// What a GET of the example patient answers to a token.
    pub(crate) async fn read_patient(&self, token: &AccessToken) -> u16 {
        let request = Request::get(format!("{}/Patient/example", self.running.fhir_base()))
            .header("Authorization", format!("Bearer {}", token.expose_secret()));
        self.transport.send(request.body(Bytes::new()).unwrap()).await.unwrap().status().as_u16()
    }

    /// The issuer's keys, fetched now.
    pub(crate) async fn key_set(&self) -> KeySet {
        let profile = self.place.server.metadata().await.unwrap();
        let step = KeySetRequest::new(profile.jwks_uri.as_deref().unwrap().parse().unwrap());
        let response = self.transport.send(step.request()).await.unwrap();
        step.accept(&response).unwrap()
    }

    /// The id token of a login, checked by a client that fetches the keys when they are needed.
    pub(crate) async fn verified(
        &self,
        token: &TokenResponse,
        code: &AuthorizedCode,
    ) -> Result<ValidIdToken, IdTokenError> {
        let proof = Proof::Public { client_id: code.client_id.clone() };
        let client = self.place.server.client(Credentials::unsigned(proof));
        match client.verify_id_token(token, code).await {
            Ok(person) => Ok(person),
            Err(Error::IdToken(error)) => Err(*error),
            Err(error) => panic!("the keys were not had: {error:?}"),
        }
    }

    /// The same with keys that are held.
    pub(crate) fn verified_with(
        &self,
        keys: &KeySet,
        token: &TokenResponse,
        code: &AuthorizedCode,
    ) -> Result<ValidIdToken, IdTokenError> {
        let check = IdTokenCheck::new(code.issuer.as_deref().unwrap(), &code.client_id, now())
            .nonce(code.nonce.as_ref().unwrap().expose_secret())
            .access_token(&token.access_token);
        check.check(token.id_token.as_ref().unwrap(), keys)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the server wrote:\n{}", self.running.log());
        }
    }
}

pub(crate) fn now() -> UnixTime {
    safire::clock::Clock::now(&safire::clock::SystemClock::new())
}

/// An application that people log in to.
pub(crate) fn app(name: &str, method: AuthMethod) -> ClientMetadata {
    ClientMetadata::new()
        .client_name(name)
        .redirect_uris([REDIRECT_URI])
        .grant_types(["authorization_code", "refresh_token"])
        .response_types(["code"])
        .token_endpoint_auth_method(method)
        .scope(SCOPE)
}

/// The request that the browser opens. `offline_access` needs a prompt, OpenID Connect Core §11.
pub(crate) async fn request(client: &Client) -> (Url, PendingAuthorization) {
    let request = client.authorization_request(REDIRECT_URI, SCOPE).await.unwrap().with_prompt("consent");
    client.authorization_url(request).unwrap()
}

/// Where the browser arrives after this person was at the server.
pub(crate) async fn arrival(url: &Url, person: &Person) -> Url {
    Browser::new(REDIRECT_URI).log_in(url, person).await.unwrap()
}

/// A login up to its end, good or bad.
pub(crate) async fn log_in_as(client: &Client, person: &Person) -> Result<AuthorizedCode, Error> {
    let (url, pending) = request(client).await;
    let arrived = arrival(&url, person).await;
    client.complete_authorization(Callback::from_url(&arrived)?, Some(pending))
}

/// A login of the usual person, up to the code.
pub(crate) async fn log_in(client: &Client) -> AuthorizedCode {
    log_in_as(client, &Person::new(USER)).await.unwrap()
}

/// A login of the usual person, up to the token.
pub(crate) async fn token(client: &Client) -> TokenResponse {
    client.request_access_token(&log_in(client).await).await.unwrap()
}
