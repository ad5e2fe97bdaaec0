//! A community as files.

use super::community::Community;
use super::der::pem;
use super::member::Member;
use crate::error::SandboxError;

/// A file of a community, to be written by the caller.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommunityFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub contents: Vec<u8>,
    /// Who may read it.
    pub secrecy: Secrecy,
}

/// Whether a file is for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is or it is not")]
pub enum Secrecy {
    /// Certificates and lists.
    Public,
    /// Private keys: readable by the owner alone.
    Secret,
}

impl std::fmt::Debug for CommunityFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommunityFile")
            .field("name", &self.name)
            .field("bytes", &self.contents.len())
            .field("secrecy", &self.secrecy)
            .finish()
    }
}

impl Community {
    /// The community as files: `root.pem` to trust, `intermediate.pem`, their keys and lists, and for each member
    /// `NAME.pem` with its chain and `NAME.key.pem`. The keys of the authorities are there so that other tools can
    /// issue more.
    ///
    /// # Errors
    /// [`SandboxError::Certificate`] when a list cannot be signed.
    pub fn files(&self, members: &[(&str, &Member)]) -> Result<Vec<CommunityFile>, SandboxError> {
        let mut files = Vec::new();
        let mut put = |name: String, contents: Vec<u8>, secrecy| {
            files.push(CommunityFile { name, contents, secrecy });
        };
        for (name, authority) in self.authorities() {
            put(format!("{name}.pem"), pem("CERTIFICATE", authority.der()).into_bytes(), Secrecy::Public);
            put(format!("{name}.key.pem"), authority.key_pem().into_bytes(), Secrecy::Secret);
        }
        put("root.crl".to_owned(), self.root_list()?, Secrecy::Public);
        put("intermediate.crl".to_owned(), self.intermediate_list()?, Secrecy::Public);
        for (name, member) in members {
            put(format!("{name}.pem"), member.chain_pem().into_bytes(), Secrecy::Public);
            put(format!("{name}.key.pem"), member.key().to_pem().as_bytes().to_vec(), Secrecy::Secret);
        }
        Ok(files)
    }
}
