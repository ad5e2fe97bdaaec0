//! `safire keys csr`: a request for a certificate with a URI name (PKCS#10, RFC 2986).

use rcgen::CertificateParams;
use rcgen::DistinguishedName;
use rcgen::DnType;
use rcgen::KeyPair;
use rcgen::KeyUsagePurpose;
use rcgen::SanType;
use safire::Error;
use safire::protocol::udap::ClientUri;
use serde_json::json;

use crate::args::CsrArgs;
use crate::command::new_file;
use crate::failure::Failure;
use crate::plan::ClientKey;
use crate::plan::Keep;
use crate::session::Session;

/// Writes the request.
pub(crate) fn keys_csr(session: &Session, args: &CsrArgs) -> Result<(), Failure> {
    let key = ClientKey::read(&args.key, Keep::Sealed)?.key;
    let pair = KeyPair::from_pem(&key.to_pem()).map_err(|error| unusable(&error))?;
    let pem = params(args)?.serialize_request(&pair).and_then(|request| request.pem());
    let pem = pem.map_err(|error| unusable(&error))?;
    if let Some(path) = &args.out {
        new_file::write_for_all(path, pem.as_bytes()).map_err(|cause| new_file::unwritable(path, &cause))?;
    }
    let file = args.out.as_ref().map(|path| path.display().to_string());
    let json = json!({
        "file": file,
        "request": pem,
        "uri_names": args.uri_name,
        "kid": key.kid(),
    });
    session.output.data(&json, || match file {
        Some(file) => format!("request for {} in {file}\n", args.uri_name.join(", ")),
        None => pem,
    })
}

/// UDAP Security 2.0 §1.3: who the client is stands in the URI names; the subject is for people.
fn params(args: &CsrArgs) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    if let Some(name) = &args.organization {
        subject.push(DnType::OrganizationName, name.as_str());
    }
    let first = args.uri_name.first().map(String::as_str).unwrap_or_default();
    subject.push(DnType::CommonName, args.common_name.as_deref().unwrap_or(first));
    params.distinguished_name = subject;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    for uri in &args.uri_name {
        ClientUri::parse(uri.as_str()).map_err(Error::from)?;
        let name = uri.as_str().try_into().map_err(|error| unusable(&error))?;
        params.subject_alt_names.push(SanType::URI(name));
    }
    Ok(params)
}

fn unusable(error: &rcgen::Error) -> Failure {
    Failure::Usage {
        code: "certificate-request-failed",
        message: format!("the certificate request cannot be made: {error}"),
        hint: Some("check the key and the names; a URI name is ASCII".to_owned()),
    }
}
