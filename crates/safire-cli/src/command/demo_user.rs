//! The demo's second half: a user logs in, and the app stays authorised until it gives the tokens back.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use http::header::LOCATION;
use safire::Client;
use safire::Error;
use safire::Registered;
use safire::error::Stage;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::authorize::Callback;
use safire::store::Store;
use safire::token_source::Obtain;
use safire::token_source::TokenSource;
use serde_json::Value;
use url::Url;

use super::demo::REDIRECT;
use super::demo::Story;
use super::demo::USER_SCOPE;
use super::demo::system;
use crate::failure::Failure;

impl Story<'_> {
    /// Tells what an app for users does with the public client.
    pub(super) async fn user(&mut self, registered: &Registered) -> Result<(), Failure> {
        let client = self.server.client(registered.credentials(None).map_err(Error::from)?);
        let code = self.send_away(&client).await?;
        let source = self.trade_code(registered, &client, &code).await?;
        self.read_own_record(&source).await?;
        self.renew(&source).await?;
        self.give_back(&source).await
    }

    async fn send_away(&mut self, client: &Client) -> Result<AuthorizedCode, Failure> {
        let request = client.authorization_request(REDIRECT, USER_SCOPE).await?;
        let (url, pending) = client.authorization_url(request)?;
        let back = self.browse(&url).await?;
        let callback = Callback::from_url(&back).map_err(Error::from)?;
        let code = client.complete_authorization(callback, Some(pending))?;
        self.tell(
            "Send a user away to log in",
            "The app never sees a password: the server asks the user, and its answer comes back through the browser.",
            &[],
            &format!(
                "the user agreed; the browser comes back to {} with a code, the same `state`, and who it is from",
                code.redirect_uri
            ),
        )?;
        Ok(code)
    }

    /// Stands for the browser and for a user who agrees to everything.
    async fn browse(&self, url: &Url) -> Result<Url, Failure> {
        let request = Request::get(url.as_str()).body(Bytes::new());
        let request = request.map_err(|error| system("request-failed", &error))?;
        let sent = self.transport.send(request).await;
        let answer = sent.map_err(|source| Error::Transport { stage: Stage::Authorization, source })?;
        let back = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        Url::parse(back.unwrap_or_default()).map_err(|error| system("request-failed", &error))
    }

    async fn trade_code(
        &mut self,
        registered: &Registered,
        client: &Client,
        code: &AuthorizedCode,
    ) -> Result<TokenSource, Failure> {
        let token = client.request_access_token(code).await?;
        let user = client.verify_id_token(&token, code).await?;
        let who = user.fhir_user().map_or_else(|| user.subject().to_owned(), |user| user.as_str().to_owned());
        let patient = token.launch_context().patient.unwrap_or_default();
        let mut source = client.token_source(Obtain::Login);
        if let Some(id) = registered.id() {
            let store: Arc<dyn Store> = self.store.clone();
            source = source.kept_in(store, id.clone());
        }
        let source = source.build()?;
        source.logged_in(token).await?;
        self.tell(
            "Trade the code for tokens, and check who logged in",
            "The code is of no use without the `code_verifier` that never left this process (PKCE). The id token is checked with the server's published keys.",
            &["access_token", "token_type", "expires_in", "scope", "patient", "refresh_token", "id_token"],
            &format!("`{who}` logged in, for patient `{patient}`; the tokens are in the store, sealed"),
        )?;
        Ok(source)
    }

    async fn read_own_record(&mut self, source: &TokenSource) -> Result<(), Failure> {
        let url = self.server.base().append("Patient/example");
        let request = Request::get(url.as_str()).header(ACCEPT, "application/fhir+json").body(Bytes::new());
        let request = request.map_err(|error| system("request-failed", &error))?;
        let answer = source.authorized(request).await?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let kind = body.get("resourceType").and_then(Value::as_str).unwrap_or("no FHIR resource");
        self.tell(
            "Read the user's own record",
            "The token goes to this FHIR server and nowhere else; after a 401 it would be renewed and the request made once more.",
            &["resourceType", "id", "name", "birthDate"],
            &format!("the server gave {kind}"),
        )
    }

    async fn renew(&mut self, source: &TokenSource) -> Result<(), Failure> {
        let old = source.token().await?;
        let new = source.renew_after(&old.access_token).await?;
        let rotated = match (&old.refresh_token, &new.refresh_token) {
            (Some(old), Some(new)) if old.expose_secret() != new.expose_secret() => {
                "another refresh token came"
            }
            _ => "the refresh token stays",
        };
        self.tell(
            "Renew the token",
            "An access token lives for minutes. The refresh token leads to the next one without the user, as long as nobody uses it twice.",
            &["access_token", "token_type", "expires_in", "scope", "refresh_token"],
            &format!("{rotated}; it was stored before anybody saw the new access token"),
        )
    }

    async fn give_back(&mut self, source: &TokenSource) -> Result<(), Failure> {
        source.logout().await?;
        let left = source.held().await?.map_or("nothing of it is kept here", |_| "it is still kept here");
        self.tell(
            "Log out",
            "What is no longer needed is given back (RFC 7009): the server ends the refresh token and all that came from it.",
            &[],
            left,
        )
    }
}
