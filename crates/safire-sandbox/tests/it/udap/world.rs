//! What the tests of UDAP share.

use safire_jose::Algorithm;
use safire_sandbox::MemberRequest;

pub(crate) fn request(uri: &str) -> MemberRequest {
    MemberRequest::new(uri).algorithm(Algorithm::Es256)
}
