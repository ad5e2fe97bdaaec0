//! `safire sandbox`.

use std::path::Path;

use safire_sandbox::OtherSyntax;
use safire_sandbox::Sandbox;
use safire_sandbox::SandboxBuilder;
use safire_sandbox::SandboxError;
use safire_sandbox::ScopeSyntax;
use safire_sandbox::faults;
use safire_sandbox::manners;
use safire_sandbox::profiles;
use serde_json::json;

use crate::args::SandboxArgs;
use crate::args::Scopes;
use crate::failure::Failure;
use crate::output;
use crate::output::Sheet;
use crate::plan::span;
use crate::session::Session;

/// Runs a sandbox until it is interrupted.
pub(crate) async fn sandbox(session: &Session, args: &SandboxArgs) -> Result<(), Failure> {
    if args.list_faults {
        return list_faults(session);
    }
    if args.list_profiles {
        return list_profiles(session);
    }
    let sandbox = builder(args)?.start().await.map_err(|error| failure(&error))?;
    if let (Some(path), Some(ca)) = (&args.ca_out, sandbox.ca_pem()) {
        std::fs::write(path, ca).map_err(|cause| ca_failure(path, &cause))?;
    }
    let ready = json!({
        "fhir_base": sandbox.fhir_base(),
        "issuer": sandbox.issuer(),
        "pid": std::process::id(),
    });
    // The readiness line is for programs, so it is JSON with and without `--json`.
    output::write_stdout(&format!("{ready}\n"))?;
    session.output.note("note", "a sandbox for tests: it forgets everything when it ends; Ctrl-C ends it");
    std::future::pending().await
}

fn builder(args: &SandboxArgs) -> Result<SandboxBuilder, Failure> {
    let mut builder = Sandbox::builder();
    if let Some(port) = args.port {
        builder = builder.port(port);
    }
    if args.tls {
        builder = builder.tls();
    }
    if let Some(token) = &args.require_initial_access_token {
        builder = builder.require_initial_access_token(token.expose_secret());
    }
    if let Some(text) = &args.auto_approve {
        let (user, patient) = text.split_once(':').unwrap_or((text, "example"));
        builder = builder.auto_approve(user, patient);
    }
    if let Some(text) = &args.token_lifetime {
        builder = builder.token_lifetime(span("--token-lifetime", text)?);
    }
    if let Some(name) = &args.profile {
        builder = builder.profile(name);
    }
    if let Some(version) = args.scopes {
        builder = builder.scope_syntax(match version {
            Scopes::V1 => ScopeSyntax::V1(OtherSyntax::Dropped),
            Scopes::V2 => ScopeSyntax::V2(OtherSyntax::Dropped),
        });
    }
    if let Some(number) = args.tenants {
        builder = builder.tenants(number);
    }
    if let Some(number) = args.hosts {
        builder = builder.hosts(number);
    }
    for text in &args.share {
        let share = text.split_once('=').and_then(|(manner, number)| Some((manner, number.parse().ok()?)));
        let (manner, number) = share.ok_or_else(|| {
            Failure::usage(format!("`--share {text}` is not MANNER=N"), "such as `--share slow=100`")
        })?;
        builder = builder.share(manner, number);
    }
    for fault in &args.fault {
        builder = builder.fault(fault);
    }
    Ok(builder)
}

fn list_faults(session: &Session) -> Result<(), Failure> {
    let faults = faults();
    let names = |endpoints: &[safire_sandbox::Endpoint]| -> Vec<&'static str> {
        endpoints.iter().map(|endpoint| endpoint.as_str()).collect()
    };
    let json: Vec<_> = faults
        .iter()
        .map(|fault| json!({ "name": fault.name, "endpoints": names(fault.endpoints), "summary": fault.summary }))
        .collect();
    session.output.data(&json.into(), || {
        let rows = faults.iter().fold(Sheet::new(), |sheet, fault| {
            sheet.row(fault.name, format!("{} ({})", fault.summary, names(fault.endpoints).join(", ")))
        });
        rows.to_string()
    })
}

fn list_profiles(session: &Session) -> Result<(), Failure> {
    let (profiles, manners) = (profiles(), manners());
    let json = json!({
        "profiles": profiles.iter()
            .map(|profile| json!({ "name": profile.name, "summary": profile.summary, "source": profile.source }))
            .collect::<Vec<_>>(),
        "manners": manners.iter()
            .map(|manner| json!({ "name": manner.name, "faults": manner.faults }))
            .collect::<Vec<_>>(),
    });
    session.output.data(&json, || {
        let rows =
            profiles.iter().fold(Sheet::new(), |sheet, profile| sheet.row(profile.name, profile.summary));
        let rows = manners.iter().fold(rows, |sheet, manner| {
            sheet.row(manner.name, format!("a manner of tenants: {}", manner.faults.join(", ")))
        });
        rows.to_string()
    })
}

fn failure(error: &SandboxError) -> Failure {
    let (code, hint) = match error {
        SandboxError::Listen { .. } => ("port-unavailable", "choose another port, or leave `--port` out"),
        SandboxError::UnknownUser { .. } | SandboxError::UnknownPatient { .. } => {
            ("usage", "such as `--auto-approve patient` or `--auto-approve clinician:example`")
        }
        SandboxError::UnknownProfile { .. } | SandboxError::UnknownManner { .. } => {
            ("usage", "`safire sandbox --list-profiles` lists them")
        }
        SandboxError::UnknownFault { .. }
        | SandboxError::NotThere { .. }
        | SandboxError::UnknownEndpoint(_)
        | SandboxError::Value { .. } => ("usage", "`safire sandbox --list-faults` lists them"),
        SandboxError::Certificate(_) | SandboxError::Tls(_) | _ => {
            ("sandbox-failed", "run it without `--tls`")
        }
    };
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::Usage { code, message: format!("{error}{cause}"), hint: Some(hint.to_owned()) }
}

fn ca_failure(path: &Path, cause: &std::io::Error) -> Failure {
    Failure::System {
        code: "ca-file-unwritable",
        message: format!("the CA certificate cannot be written to {}: {cause}", path.display()),
        hint: Some("name a file in a folder that you may write into".to_owned()),
    }
}
