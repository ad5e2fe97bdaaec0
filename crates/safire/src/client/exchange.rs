//! One call with the client's proof: what has to be signed is signed, and the answer is fetched.

use bytes::Bytes;
use http::Request;
use http::Response;
use safire_protocol::deviation::Deviation;
use safire_protocol::discovery::EndpointKind;
use safire_protocol::jose::SigningInput;
use safire_protocol::secret::ClientAssertion;
use safire_protocol::time::UnixTime;

use super::Client;
use crate::error::Error;
use crate::error::Stage;
use crate::random;
use crate::transport::ServerSupplied;

impl Client {
    /// Signs what `input` asks for, with a `jti` that was never used before.
    pub(super) async fn assertion<E: Into<Error>>(
        &self,
        input: impl FnOnce(UnixTime, &str) -> Result<Option<SigningInput>, E>,
    ) -> Result<Option<ClientAssertion>, Error> {
        let Some(signer) = &self.credentials.signer else { return Ok(None) };
        let jti = random::identifier()?;
        let Some(input) = input(self.server.clock().now(), &jti).map_err(Into::into)? else {
            return Ok(None);
        };
        let signature = signer.sign(input.as_bytes()).await?;
        Ok(Some(ClientAssertion::new(input.attach(&signature))))
    }

    /// Sends a request to the endpoint of this kind, once.
    pub(super) async fn send(
        &self,
        stage: Stage,
        kind: EndpointKind,
        mut request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        if self.server.is_supplied(kind) {
            request.extensions_mut().insert(ServerSupplied);
        }
        tracing::info!(endpoint = %request.uri().path(), "{}", kind.member());
        let sent = self.server.transport().send(request).await;
        sent.map_err(|source| Error::Transport { stage, source })
    }
}

pub(super) fn warn_of(deviations: &[Deviation]) {
    for deviation in deviations {
        tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
    }
}
