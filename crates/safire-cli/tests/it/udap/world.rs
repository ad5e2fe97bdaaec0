//! A sandbox that speaks UDAP, its community, and a client with a certificate.

use safire_sandbox::Community;
use safire_sandbox::Member;
use safire_sandbox::MemberRequest;
use safire_sandbox::SandboxBuilder;
use serde_json::Value;

use crate::harness::Home;
use crate::harness::LiveSandbox;

pub(super) const CLIENT: &str = "https://app.example.org/udap";
pub(super) const TREATMENT: [&str; 4] = [
    "--organization-id",
    "https://acme.example.org",
    "--purpose-of-use",
    "urn:oid:2.16.840.1.113883.5.8#TREAT",
];

pub(super) struct World {
    pub(super) live: LiveSandbox,
    pub(super) community: Community,
    pub(super) member: Member,
    pub(super) home: Home,
    pub(super) base: String,
    pub(super) anchors: String,
    pub(super) cert: String,
    pub(super) key: String,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(super) fn with(set: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Self {
        let (live, home) = (LiveSandbox::with(set), Home::new());
        let community = live.community();
        let member = community.issue_as(&request(CLIENT)).unwrap();
        let base = live.base();
        let anchors = home.file("anchors.pem", community.anchors_pem());
        let cert = home.file("client.pem", member.chain_pem());
        let key = home.private_file("client.key.pem", member.key().to_pem().as_bytes());
        Self { live, community, member, home, base, anchors, cert, key }
    }

    /// The arguments that register a backend service, with more behind them.
    pub(super) fn register<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let mut args = vec!["udap", "register", &self.base, "--anchors", &self.anchors];
        args.extend(["--cert", &self.cert, "--key", &self.key, "--client-name", "Acme B2B App"]);
        args.extend(["--contact", "mailto:ops@example.org", "--grant-type", "client_credentials"]);
        args.extend(["--scope", "system/Patient.rs"]);
        args.extend(more);
        args
    }

    /// The arguments that register an app whose users log in.
    pub(super) fn register_app<'a>(&'a self, redirect: &'a str) -> Vec<&'a str> {
        app(&self.base, &self.anchors, (&self.cert, &self.key), redirect)
    }

    /// Registers, and gives the local id.
    pub(super) fn registered(&self, more: &[&str]) -> String {
        let told = self.home.json(&self.register(more));
        told["id"].as_str().unwrap().to_owned()
    }

    /// Runs, expects this exit code and error code, and gives the error.
    pub(super) fn refused(&self, args: &[&str], exit: i32, code: &str) -> Value {
        let run = self.home.local(&[args, &["--json"]].concat());
        let error = run.error();
        assert_eq!((run.code, error["code"].as_str()), (Some(exit), Some(code)), "{run:#?}");
        error
    }

    /// How often the registration endpoint was asked.
    pub(super) fn statements(&self) -> usize {
        self.live.sandbox.requests().iter().filter(|request| request.path == "/udap/register").count()
    }
}

/// A certificate on P-256, which is made fast.
pub(super) fn request(uri: &str) -> MemberRequest {
    MemberRequest::new(uri).algorithm(safire::protocol::jose::Algorithm::Es256)
}

/// The arguments that register an app whose users log in.
pub(super) fn app<'a>(
    base: &'a str,
    anchors: &'a str,
    (cert, key): (&'a str, &'a str),
    redirect: &'a str,
) -> Vec<&'a str> {
    let mut args = vec!["udap", "register", base, "--anchors", anchors, "--cert", cert, "--key", key];
    args.extend(["--client-name", "Heart Diary", "--contact", "mailto:ops@example.org"]);
    args.extend(["--grant-type", "authorization_code", "--grant-type", "refresh_token"]);
    args.extend(["--redirect-uri", redirect, "--logo-uri", "https://app.example.org/logo.png"]);
    args.extend(["--scope", "openid udap offline_access patient/Patient.rs"]);
    args
}

/// A redirect URI on a port that is free now: a client with a certificate is compared letter by letter.
pub(super) fn redirect() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}/callback")
}
