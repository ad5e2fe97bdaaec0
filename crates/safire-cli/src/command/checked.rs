//! One registration, checked: at its server, and by what the store holds of it.

use std::sync::Arc;

use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::management::Unmanaged;
use safire::protocol::deviation::Severity;
use safire::protocol::discovery::EndpointKind;
use safire::protocol::fault::Diagnose;
use safire::protocol::fault::Fault;
use safire::protocol::registration::SecretExpiry;
use safire::protocol::time::UnixTime;
use safire::store::Record;
use safire::store::Standing;
use safire::store::State;
use safire::store::TokenRecord;
use serde_json::Value;
use serde_json::json;

use super::authorised::backend_scope;
use super::known_client::KnownClient;
use super::known_client::ThisTime;
use super::known_client::never_show;
use crate::failure::Failure;
use crate::output::Matter;
use crate::output::clean;
use crate::output::in_one_line;
use crate::output::listing_json;
use crate::output::trouble;
use crate::plan::CommandStore;
use crate::plan::Connection;
use crate::plan::MayUse;
use crate::plan::may_use;
use crate::session::Session;

/// One registration, checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) record: Record,
    pub(super) discovery: &'static str,
    pub(super) registration: &'static str,
    pub(super) token: &'static str,
    now: UnixTime,
    findings: Vec<Finding>,
}

/// Something that was found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Whether a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    There,
    Away,
}

/// What a server has changed.
enum Change {
    Discovery,
    AuthMethod,
    Registration,
}

impl Change {
    const fn code(&self) -> &'static str {
        match self {
            Self::Discovery => "discovery-changed",
            Self::AuthMethod => "auth-method-not-listed",
            Self::Registration => "registration-changed",
        }
    }
}

const NOT_CHECKED: &str = "not-checked";
const FAILED: &str = "failed";

impl Checked {
    pub(super) async fn check(
        session: &Session,
        connection: &Connection,
        store: &Arc<CommandStore>,
        record: Record,
    ) -> Self {
        let now = SystemClock::new().now();
        let mut row = Self {
            record,
            discovery: NOT_CHECKED,
            registration: NOT_CHECKED,
            token: NOT_CHECKED,
            now,
            findings: Vec::new(),
        };
        if let Some(trouble) = trouble(&row.record, now) {
            row.find(Severity::Warning, trouble.matter.code(), trouble.text, Some(trouble.hint));
        }
        if !matches!(
            row.record.state,
            State::Registered | State::AwaitingApproval | State::Active | State::Expiring
        ) {
            return row;
        }
        let record = row.record.clone();
        match KnownClient::of_record(
            session.output,
            connection,
            Arc::clone(store),
            record,
            &ThisTime::default(),
        ) {
            Ok(known) => {
                // A server that is away is asked once.
                if row.look_at_discovery(&known).await == Reach::Away {
                    return row;
                }
                row.look_at_registration(&known).await;
                row.look_at_tokens(session, &known).await;
            }
            Err(failure) => row.failed(&failure),
        }
        row
    }

    /// Whether nothing has to be done.
    pub(super) fn is_fine(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Info)
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter()
    }

    pub(super) fn state(&self) -> State {
        self.record.state_at(self.now)
    }

    pub(super) fn secret_ends(&self) -> Option<UnixTime> {
        match self.record.registration().ok()?.client_secret_expires_at() {
            SecretExpiry::At(time) => Some(time),
            SecretExpiry::Never | SecretExpiry::Unknown => None,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut members = listing_json(&self.record, self.now);
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("ok", json!(self.is_fine()));
        put("discovery", json!(self.discovery));
        put("registration", json!(self.registration));
        put("token", json!(self.token));
        put("client_secret_expires_at", json!(self.secret_ends().map(UnixTime::as_seconds)));
        let findings = self.findings.iter().map(|finding| {
            json!({
                "severity": finding.severity,
                "code": finding.code,
                "message": finding.message,
                "hint": finding.hint,
            })
        });
        put("findings", findings.collect());
        Value::Object(members)
    }

    fn find(&mut self, severity: Severity, code: &str, message: String, hint: Option<String>) {
        self.findings.push(Finding { severity, code: code.to_owned(), message, hint });
    }

    fn failed(&mut self, failure: &Failure) {
        let hint = failure.hint().map(|hint| clean(&hint));
        self.find(Severity::Error, failure.code(), clean(&in_one_line(failure)), hint);
    }

    fn refused(&mut self, error: &Error) {
        let hint = error.hint().map(|hint| clean(&hint));
        self.find(Severity::Error, error.code(), clean(&in_one_line(error)), hint);
    }

    /// Whether the server still describes itself, and as the registration needs it.
    async fn look_at_discovery(&mut self, known: &KnownClient) -> Reach {
        let server = known.client.server();
        let profile = match server.metadata().await {
            Ok(profile) => profile,
            Err(error) => {
                self.discovery = FAILED;
                self.refused(&error);
                let is_away = matches!(error.fault(), Fault::Network | Fault::Trust);
                return if is_away { Reach::Away } else { Reach::There };
            }
        };
        self.discovery = "ok";
        let registered_at = self.record.content.registration_endpoint.clone().unwrap_or_default();
        let now_at = EndpointKind::Registration.of(&profile).unwrap_or_default();
        if !registered_at.is_empty() && registered_at != now_at {
            self.discovery = "changed";
            let named =
                if now_at.is_empty() { "named no more".to_owned() } else { format!("{} now", clean(now_at)) };
            let message = format!("the registration endpoint was {} and is {named}", clean(&registered_at));
            self.find(Severity::Info, Change::Discovery.code(), message, None);
        }
        let methods = profile.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let Some(method) = known.registration.token_endpoint_auth_method() else { return Reach::There };
        if !known.is_public()
            && !methods.is_empty()
            && !methods.iter().any(|listed| listed == method.as_str())
        {
            self.discovery = "changed";
            let message = format!(
                "the server no longer lists `{}`, by which the client proves itself",
                method.as_str()
            );
            let hint = "if tokens fail, register again with a method that `safire discover` lists".to_owned();
            self.find(Severity::Warning, Change::AuthMethod.code(), message, Some(hint));
        }
        Reach::There
    }

    /// Whether the server still shows the registration, where it manages registrations.
    async fn look_at_registration(&mut self, known: &KnownClient) {
        let registration = &known.registration;
        if registration.registration_access_token().is_none()
            || registration.registration_client_uri().is_none()
        {
            self.registration = "not-managed";
            return;
        }
        let managed = known.client.server().manage(&*known.store, &known.record.id);
        match managed.read().await {
            Ok(read) => {
                self.registration = if read.changed.is_empty() { "readable" } else { "changed" };
                if !read.changed.is_empty() {
                    let message = format!("the server has changed {}", clean(&read.changed.join(", ")));
                    self.find(Severity::Info, Change::Registration.code(), message, None);
                }
                // A read settles what was in doubt.
                self.findings.retain(|finding| finding.code != Matter::ManagementInDoubt.code());
                self.record = *read.record;
            }
            Err(Error::Manage(error)) if matches!(error.reason, Unmanaged::Busy { .. }) => {
                self.registration = "busy";
                self.find(Severity::Info, error.code(), error.to_string(), None);
            }
            Err(error) => {
                self.registration = FAILED;
                self.refused(&error);
            }
        }
    }

    /// Whether a token can be had: asked for where the client gets its own, else by what is held.
    async fn look_at_tokens(&mut self, session: &Session, known: &KnownClient) {
        let gets_its_own = may_use(&known.record, &known.registration, "client_credentials") == MayUse::Yes;
        if !known.is_public() && gets_its_own {
            match known.client.request_backend_token(backend_scope(known, None).as_deref()).await {
                Ok(token) => {
                    never_show(&token);
                    self.token = "obtained";
                    known.note_that_it_works(session).await;
                    if self.record.state.is_live() {
                        self.record.state = State::Active;
                    }
                }
                Err(error) => {
                    self.token = FAILED;
                    self.refused(&error);
                }
            }
            return;
        }
        match known.held().await {
            Ok(held) => self.look_at_logins(&held),
            Err(failure) => self.failed(&failure),
        }
    }

    fn look_at_logins(&mut self, held: &[TokenRecord]) {
        let mut standings = Vec::new();
        for kept in held.iter().filter(|kept| kept.key.slot.as_str().starts_with("login")) {
            let is_over = kept.token.expires_at.is_some_and(|end| end <= self.now);
            let renewable = kept.token.refresh_token.is_some();
            let standing = match kept.standing {
                Standing::LoginNeeded => "login-needed",
                Standing::Good | _ if !is_over => "valid",
                Standing::Good | _ if renewable => "renewable",
                Standing::Good | _ => "login-needed",
            };
            if standing == "login-needed" {
                let id = self.record.id.clone();
                let message = format!("the login of slot `{}` has ended", clean(kept.key.slot.as_str()));
                let hint = format!("`safire login {id}` logs a user in");
                self.find(Severity::Warning, "login-needed", message, Some(hint));
            }
            standings.push(standing);
        }
        let worst = ["login-needed", "renewable", "valid"];
        self.token = worst.into_iter().find(|name| standings.contains(name)).unwrap_or("no-login");
    }
}
