use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;

use crate::support::verify;
use crate::twin::Issued;
use crate::twin::Twin;

/// The code for a path that holds and leads to a leaf of another name.
pub(crate) const NO_NAME: &str = "no-uri-name";

/// What came of a twin: nothing when it is trusted for its base, else code and message.
pub(crate) fn verdict(twin: &Twin, issued: &Issued) -> Option<(String, String)> {
    let said = |code: &str, message: &dyn ToString| Some((code.to_owned(), message.to_string()));
    let der: Vec<&Vec<u8>> = [&issued.leaf].into_iter().chain(&issued.others).collect();
    let chain = match Chain::from_der(&der) {
        Ok(chain) => chain,
        Err(error) => return said(error.code(), &error),
    };
    let mut lists = Vec::new();
    for der in &issued.crls {
        match Crl::from_der(der) {
            Ok(list) => lists.push(list),
            Err(error) => return said(error.code(), &error),
        }
    }
    let mut anchors = TrustAnchors::default();
    for der in &issued.anchors {
        anchors.extend(TrustAnchors::parse(der).unwrap().certificates().iter().cloned());
    }
    let community = TrustCommunity::new(twin.name, anchors).crls(lists);
    match verify(chain, &community, twin.now) {
        Err(failure) => said(failure.code(), &failure),
        Ok(path) if path.leaf().uri_names().iter().any(|name| name.matches(twin.base).is_some()) => None,
        Ok(path) => said(NO_NAME, &format!("{:?} {:?}", path.leaf().uri_names(), path.leaf().other_names())),
    }
}
