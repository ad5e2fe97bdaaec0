//! The demo's third part: a trust community, where certificates speak in place of secrets.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use safire::Error;
use safire::protocol::credentials::AuthorizationExtensions;
use safire::protocol::jose::Algorithm;
use safire::protocol::pki::TrustAnchors;
use safire::protocol::pki::TrustCommunity;
use safire::protocol::registration::ClientMetadata;
use safire::protocol::secret::PrivateKeyPem;
use safire::protocol::token::TokenResponse;
use safire::protocol::udap::B2bAuthorization;
use safire::protocol::udap::IdentityError;
use safire::protocol::url::LoopbackHttp;
use safire::store::KeyMaterial;
use safire::token_source::Obtain;
use safire::transport::HttpTransport;
use safire::udap::ClientIdentity;
use safire::udap::UdapRegistered;
use safire::udap::UdapServer;
use safire::udap::UdapTrust;
use safire_sandbox::MemberRequest;
use serde_json::Value;
use serde_json::json;

use crate::command::demo::Story;
use crate::command::demo::granted;
use crate::command::demo::metadata;
use crate::command::demo::system;
use crate::failure::Failure;
use crate::output::path_tree;

const CLIENT: &str = "https://app.example.org/udap";
const ORGANIZATION: &str = "https://clinic.example.org";
const TREATMENT: &str = "urn:oid:2.16.840.1.113883.5.8#TREAT";

/// A member of the community, and the server as the community knows it.
struct Membership {
    udap: UdapServer,
    identity: ClientIdentity,
    key: KeyMaterial,
}

impl Story<'_> {
    /// Tells what a client does that joins a trust community.
    pub(in crate::command) async fn community(&mut self) -> Result<(), Failure> {
        let member = self.join().await?;
        self.discover_signed(&member.udap).await?;
        let registered = self.register_by_statement(&member).await?;
        let token = self.token_by_certificate(&member, &registered).await?;
        self.read_for_treatment(&member, &token).await?;
        self.modify(&member).await?;
        self.cancel(&member).await
    }

    async fn join(&mut self) -> Result<Membership, Failure> {
        let community =
            self.sandbox.udap_communities().await.map_err(|error| system("sandbox-failed", &error))?;
        let community = community.into_iter().next().ok_or_else(|| Failure::System {
            code: "sandbox-failed",
            message: "the sandbox is in no trust community".to_owned(),
            hint: None,
        })?;
        let request = MemberRequest::new(CLIENT).algorithm(Algorithm::Es256);
        let member = community.issue_as(&request).map_err(|error| system("sandbox-failed", &error))?;
        let anchors = TrustAnchors::parse(community.anchors_pem().as_bytes());
        let anchors = anchors.map_err(|error| Error::from(IdentityError::Certificate(error)))?;
        let evidence = HttpTransport::builder().loopback(LoopbackHttp::Allowed).for_signed_evidence().build();
        let trust = UdapTrust::new(TrustCommunity::new(community.uri(), anchors))
            .evidence_transport(Arc::new(evidence));
        let key = KeyMaterial::Pem(PrivateKeyPem::new(member.key().to_pem().as_str()));
        let identity = ClientIdentity::new(CLIENT, member.chain_pem().as_bytes(), member.key().clone())?;
        self.tell(
            "Join a trust community",
            "Where many servers and clients meet, nobody hands out secrets: a community gives each a certificate, and its root is what they trust (UDAP Security 2.0).",
            &[],
            &format!("this client is `{CLIENT}`, by a certificate of the community `{}`", community.uri()),
        )?;
        Ok(Membership { udap: self.server.udap(trust), identity, key })
    }

    async fn discover_signed(&mut self, udap: &UdapServer) -> Result<(), Failure> {
        let metadata = udap.metadata().await?;
        let tree: String = path_tree(&metadata.trust).lines().map(|line| format!("|  {line}\n")).collect();
        self.tell(
            "Discover the server, and trust its word",
            "The metadata are signed. They count only once the signer's certificate leads to the community's root, names this very server, and nobody has revoked it: the revocation lists are fetched.",
            &["registration_endpoint", "token_endpoint", "udap_authorization_extensions_required"],
            &format!("trusted by this path, each signed value in place of its unsigned one:\n{tree}"),
        )
    }

    async fn register_by_statement(&mut self, member: &Membership) -> Result<UdapRegistered, Failure> {
        let metadata = backend("Demo backend of a community", "system/Patient.rs")?;
        let registered = self.put(member, &metadata).await?;
        self.tell(
            "Register with a software statement",
            "The client signs what it asks for with the key of its certificate. The statement is for this endpoint, good for five minutes and for once; nobody had to be told before.",
            &["client_id", "grant_types", "scope"],
            &outcome("registered", &registered),
        )?;
        Ok(registered)
    }

    async fn token_by_certificate(
        &mut self,
        member: &Membership,
        registered: &UdapRegistered,
    ) -> Result<TokenResponse, Failure> {
        let who = B2bAuthorization::new(ORGANIZATION, [TREATMENT]);
        let extensions = AuthorizationExtensions::new().with_b2b(&who).map_err(Error::from)?;
        let credentials = registered.credentials(&member.identity, extensions)?;
        let client = member.udap.client(credentials);
        let scope = Some("system/Patient.rs".to_owned());
        let source = client.token_source(Obtain::Backend { scope }).build()?;
        let token = source.token().await?;
        self.tell(
            "Get a token, and say for whom and what for",
            "Within the signed proof goes an object (`hl7-b2b`) with the organization that asks and its purpose. A token for treatment is for treatment.",
            &[],
            &granted(&token),
        )?;
        Ok(TokenResponse::clone(&token))
    }

    async fn read_for_treatment(
        &mut self,
        member: &Membership,
        token: &TokenResponse,
    ) -> Result<(), Failure> {
        let url = member.udap.server().base().append("Patient/example");
        let request = Request::get(url.as_str())
            .header(ACCEPT, "application/fhir+json")
            .header(http::header::AUTHORIZATION, format!("Bearer {}", token.access_token.expose_secret()))
            .body(Bytes::new())
            .map_err(|error| system("request-failed", &error))?;
        let sent = self.transport.send(request).await;
        let answer = sent.map_err(|source| Error::Transport { stage: safire::error::Stage::Fhir, source })?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let kind = body.get("resourceType").and_then(Value::as_str).unwrap_or("no FHIR resource");
        self.tell(
            "Read a patient for treatment",
            "From here on it is FHIR as anywhere: nothing asks how the token came to be.",
            &["resourceType", "id", "birthDate"],
            &format!("the server gave {kind}"),
        )
    }

    async fn modify(&mut self, member: &Membership) -> Result<(), Failure> {
        let metadata = backend("Demo backend of a community", "system/Patient.rs system/Observation.rs")?;
        let registered = self.put(member, &metadata).await?;
        self.tell(
            "Modify the registration",
            "To change something the client registers again. The server knows it by its URI; 200 and the same client id say that it was changed.",
            &["client_id", "grant_types", "scope"],
            &outcome("modified", &registered),
        )
    }

    async fn cancel(&mut self, member: &Membership) -> Result<(), Failure> {
        let metadata = metadata(json!({
            "client_name": "Demo backend of a community",
            "contacts": ["mailto:ops@example.org"],
            "scope": "system/Patient.rs",
        }))?;
        let store = Arc::clone(&self.store);
        let cancelled = member.udap.cancel_registration(&member.identity, &metadata).store(&*store).await?;
        self.tell(
            "Cancel the registration",
            "A statement with no grants ends it, and the answer has to say so.",
            &["client_id", "grant_types"],
            &format!("client `{}` is gone, there and here", cancelled.registration().client_id()),
        )
    }

    async fn put(&self, member: &Membership, metadata: &ClientMetadata) -> Result<UdapRegistered, Failure> {
        let request = member.udap.register_client(&member.identity, metadata);
        Ok(request.key(member.key.clone()).store(&*self.store).await?)
    }
}

fn backend(name: &str, scope: &str) -> Result<ClientMetadata, Failure> {
    metadata(json!({
        "client_name": name,
        "contacts": ["mailto:ops@example.org"],
        "grant_types": ["client_credentials"],
        "scope": scope,
    }))
}

fn outcome(what: &str, registered: &UdapRegistered) -> String {
    let id = registered.id().map(ToString::to_string).unwrap_or_default();
    format!("{what}: client `{}`, kept here as `{id}`", registered.registration().client_id())
}
