//! Who the client is: a certificate and its key, from files or from a registration.

use safire::Error;
use safire::protocol::jose::PrivateKey;
use safire::protocol::pki::Chain;
use safire::protocol::pki::UriName;
use safire::protocol::udap::ClientUri;
use safire::protocol::udap::IdentityError;
use safire::protocol::udap::UdapIdentity;
use safire::store::KeyMaterial;
use safire::store::Record;
use safire::store::UdapSettings;
use safire::udap::ClientIdentity;

use super::certificates::chain;
use super::trust::algorithm;
use crate::args::CertificateArgs;
use crate::failure::Failure;
use crate::plan::ClientKey;
use crate::plan::Keep;

/// A client that can sign as itself, and what of its key is kept.
#[derive(Debug)]
pub(crate) struct CertifiedClient {
    pub(crate) identity: ClientIdentity,
    pub(crate) material: KeyMaterial,
}

impl CertifiedClient {
    /// The client of the files that were named.
    pub(crate) fn plan(args: &CertificateArgs) -> Result<Self, Failure> {
        let hint = "give the client's chain with `--cert CHAIN.pem` and its key with `--key KEY.pem`; `safire keys csr` asks for a certificate";
        let cert = args.cert.as_ref().ok_or_else(|| {
            Failure::usage("by UDAP a client is known by its certificate, and none is given", hint)
        })?;
        let key = key(args)?
            .ok_or_else(|| Failure::usage("the certificate is of no use without its private key", hint))?;
        let chain = chain(cert)?;
        let client_uri = client_uri(&chain, args.uri_name.as_deref())?;
        Self::of(args, client_uri, chain, key)
    }

    /// The client of a registration; what was named now takes the place of what is kept.
    pub(crate) fn of_record(args: &CertificateArgs, record: &Record) -> Result<Self, Failure> {
        let bound = bound(record)?;
        let key = match key(args)? {
            Some(key) => key,
            None => kept_key(record)?,
        };
        let chain = match &args.cert {
            Some(path) => chain(path)?,
            None => Chain::from_x5c(&bound.chain)
                .map_err(|error| Error::from(IdentityError::Certificate(error)))?,
        };
        let uri = args.uri_name.as_deref().unwrap_or(&bound.client_uri);
        Self::of(args, ClientUri::parse(uri).map_err(Error::from)?, chain, key)
    }

    fn of(
        args: &CertificateArgs,
        client_uri: ClientUri,
        chain: Chain,
        key: ClientKey,
    ) -> Result<Self, Failure> {
        let identity = UdapIdentity::new(client_uri, chain).map_err(Error::from)?;
        let mut identity = ClientIdentity::of(identity, key.key)?;
        if let Some(name) = &args.alg {
            identity = identity.with_algorithm(algorithm("--alg", name)?);
        }
        Ok(Self { identity, material: key.material })
    }
}

/// What a registration by UDAP is bound to.
fn bound(record: &Record) -> Result<&UdapSettings, Failure> {
    record.content.settings.udap.as_ref().ok_or_else(|| Failure::Usage {
        code: "not-registered-by-udap",
        message: format!("registration `{}` was not made by UDAP: no certificate is bound to it", record.id),
        hint: Some("`safire registrations` tells the protocol of each".to_owned()),
    })
}

fn key(args: &CertificateArgs) -> Result<Option<ClientKey>, Failure> {
    let keep = if args.key_by_path { Keep::Path } else { Keep::Sealed };
    args.key.as_ref().map(|path| ClientKey::read(path, keep)).transpose()
}

fn kept_key(record: &Record) -> Result<ClientKey, Failure> {
    let key = match &record.content.key {
        KeyMaterial::Pem(pem) => PrivateKey::parse(pem.expose_secret().as_bytes())
            .map_err(|error| Error::from(IdentityError::Key(error)))?,
        KeyMaterial::Path(path) => return ClientKey::read(path, Keep::Path),
        KeyMaterial::None | _ => {
            return Err(Failure::usage(
                format!("registration `{}` keeps no private key", record.id),
                "give it with `--key KEY.pem`",
            ));
        }
    };
    Ok(ClientKey { key, material: record.content.key.clone() })
}

/// The URI name that was meant, or the only one.
fn client_uri(chain: &Chain, named: Option<&str>) -> Result<ClientUri, Failure> {
    let names = chain.leaf().uri_names();
    let uri = match (named, names) {
        (Some(named), _) => named,
        (None, [only]) => only.as_str(),
        (None, []) => {
            return Err(Failure::usage(
                "the certificate has no URI name, so it is of no UDAP client",
                "ask the trust community for one with a URI name; `safire keys csr` writes the request",
            ));
        }
        (None, several) => {
            let several: Vec<String> = several.iter().map(UriName::to_string).collect();
            return Err(Failure::usage(
                format!("the certificate has {} URI names: {}", several.len(), several.join(", ")),
                "say which one registers with `--uri-name URI`",
            ));
        }
    };
    Ok(ClientUri::parse(uri).map_err(Error::from)?)
}
