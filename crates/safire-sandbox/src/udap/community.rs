//! A trust community made for tests: root, intermediate, members, revocation lists.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;

use rcgen::IsCa;
use rcgen::KeyPair;
use rcgen::KeyUsagePurpose;
use rcgen::SanType;
use safire_protocol::jose::PrivateKey;

use super::authority::Authority;
use super::authority::Places;
use super::authority::Revoked;
use super::authority::Span;
use super::authority::params;
use super::authority::tell;
use super::der::pem;
use super::member::Member;
use super::member::MemberRequest;
use crate::clock::now;
use crate::error::SandboxError;
use crate::lock::lock;

/// A trust community of one's own, for tests: nobody else trusts it. A clone is the same community.
#[derive(Debug, Clone)]
pub struct Community(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    uri: String,
    publication: Option<String>,
    root: Authority,
    intermediate: Authority,
    /// An authority that vouches for the intermediate in a circle.
    vicious: OnceLock<Authority>,
    revoked: Mutex<Vec<Revoked>>,
}

/// Collects choices, then makes a [`Community`].
#[derive(Debug, Clone)]
#[must_use]
pub struct CommunityBuilder {
    uri: String,
    name: Option<String>,
    publication: Option<String>,
}

impl CommunityBuilder {
    /// What the names of its authorities begin with.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Where its lists and the certificates of its issuers will be: below this URL at `crl/…` and `ca/…`. Without it
    /// the certificates name no place.
    pub fn published_at(mut self, url: impl Into<String>) -> Self {
        self.publication = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Makes root and intermediate.
    ///
    /// # Errors
    /// [`SandboxError`] when certificates cannot be made.
    pub fn make(self) -> Result<Community, SandboxError> {
        let name = self.name.unwrap_or_else(|| "Sandbox".to_owned());
        let root = Authority::root(&format!("{name} Root"))?;
        let places = places(self.publication.as_deref(), &self.uri, "root");
        let intermediate = root.below(&format!("{name} Intermediate"), &places)?;
        Ok(Community(Arc::new(Inner {
            uri: self.uri,
            publication: self.publication,
            root,
            intermediate,
            vicious: OnceLock::new(),
            revoked: Mutex::default(),
        })))
    }
}

impl Community {
    /// A community with this URI.
    pub fn builder(uri: impl Into<String>) -> CommunityBuilder {
        CommunityBuilder { uri: uri.into(), name: None, publication: None }
    }

    /// Its URI, the value of the parameter `community`.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.0.uri
    }

    /// The certificate to trust, as PEM.
    #[must_use]
    pub fn anchors_pem(&self) -> String {
        pem("CERTIFICATE", self.0.root.der())
    }

    /// Gives a member with this URI name a certificate for a new RSA key.
    ///
    /// # Errors
    /// [`SandboxError`] when key or certificate cannot be made.
    pub fn issue(&self, uri_name: &str) -> Result<Member, SandboxError> {
        self.issue_as(&MemberRequest::new(uri_name))
    }

    /// Gives a member the certificate that it asks for.
    ///
    /// # Errors
    /// As [`Self::issue`]; also a URI name that is not ASCII.
    pub fn issue_as(&self, request: &MemberRequest) -> Result<Member, SandboxError> {
        let key = match &request.key {
            Some(key) => key.clone(),
            None => PrivateKey::generate(request.algorithm)?,
        };
        let name = request.uri_names.first().map_or("member", String::as_str);
        let (mut params, serial) = params(name, request.good)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        for name in &request.uri_names {
            params.subject_alt_names.push(SanType::URI(name.as_str().try_into()?));
        }
        tell(&mut params, &self.places("intermediate"));
        let leaf = self.0.intermediate.sign(&params, &KeyPair::from_pem(&key.to_pem())?)?;
        Ok(Member { chain: vec![leaf, self.0.intermediate.der().to_vec()], key, serial })
    }

    /// Revokes the certificate with this serial number, now. Lists that were fetched before do not know of it.
    pub fn revoke(&self, serial: &[u8]) {
        let mut revoked = lock(&self.0.revoked);
        if !revoked.iter().any(|known| known.serial == serial) {
            revoked.push(Revoked { serial: serial.to_vec(), at: now() });
        }
    }

    /// The current list of the root, as DER: nothing is revoked.
    ///
    /// # Errors
    /// [`SandboxError::Certificate`] when it cannot be signed.
    pub fn root_list(&self) -> Result<Vec<u8>, SandboxError> {
        self.0.root.list(&[], fresh())
    }

    /// The current list of the intermediate, as DER.
    ///
    /// # Errors
    /// As [`Self::root_list`].
    pub fn intermediate_list(&self) -> Result<Vec<u8>, SandboxError> {
        let revoked = lock(&self.0.revoked).clone();
        self.0.intermediate.list(&revoked, fresh())
    }

    pub(super) fn root(&self) -> &Authority {
        &self.0.root
    }

    pub(super) fn intermediate(&self) -> &Authority {
        &self.0.intermediate
    }

    pub(super) fn authorities(&self) -> [(&'static str, &Authority); 2] {
        [("root", &self.0.root), ("intermediate", &self.0.intermediate)]
    }

    /// The other authority of a circle, made when it is first asked for.
    pub(super) fn vicious(&self) -> Result<&Authority, SandboxError> {
        if let Some(made) = self.0.vicious.get() {
            return Ok(made);
        }
        let made = Authority::root("Sandbox Circle")?;
        Ok(self.0.vicious.get_or_init(|| made))
    }

    /// Where the list and the certificate of one of its authorities are.
    pub(super) fn places(&self, authority: &str) -> Places {
        places(self.0.publication.as_deref(), &self.0.uri, authority)
    }

    /// The community as a segment of a path.
    pub(super) fn segment(&self) -> String {
        segment(&self.0.uri)
    }
}

/// How long a list is good that was made just now.
fn fresh() -> Span {
    Span::around_now(60, 86_400)
}

fn places(publication: Option<&str>, uri: &str, authority: &str) -> Places {
    let at = |kind: &str, suffix: &str| {
        publication.map(|base| format!("{base}/{kind}/{}/{authority}.{suffix}", segment(uri)))
    };
    Places { list: at("crl", "crl"), certificate: at("ca", "cer") }
}

fn segment(uri: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    uri.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}
