use std::collections::HashSet;

use safire_sandbox::Sandbox;
use safire_sandbox::SandboxError;
use safire_sandbox::faults;

#[tokio::test]
async fn every_listed_fault_can_be_set_where_it_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut names = HashSet::new();
    for fault in faults() {
        assert!(names.insert(fault.name), "{} is listed twice", fault.name);
        assert!(!fault.summary.is_empty());
        for endpoint in fault.endpoints {
            let spec = format!("{endpoint}:{}", fault.name);
            let set = sandbox
                .set_fault(&spec)
                .or_else(|_| sandbox.set_fault(&format!("{spec}=https://x.example/")))
                .or_else(|_| sandbox.set_fault(&format!("{spec}=access_denied")));
            assert!(set.is_ok(), "{spec}: {set:?}");
        }
    }
    assert!(names.len() > 80, "{}", names.len());
}

#[tokio::test]
async fn what_does_not_exist_is_an_error_with_close_names() {
    let sandbox = Sandbox::start().await.unwrap();
    let unknown = sandbox.set_fault("redirect-lop").unwrap_err();
    assert!(unknown.to_string().contains("`redirect-loop`"), "{unknown}");
    assert!(matches!(sandbox.set_fault("tokn:slow"), Err(SandboxError::UnknownEndpoint(_))));
    let elsewhere = sandbox.set_fault("token:null-client-id").unwrap_err();
    assert!(elsewhere.to_string().contains("`register`"), "{elsewhere}");
    assert!(matches!(sandbox.set_fault("slow=often"), Err(SandboxError::Value { .. })));
    assert!(matches!(sandbox.set_fault("redirect-away"), Err(SandboxError::Value { .. })));
    assert!(matches!(sandbox.set_fault("gone=x"), Err(SandboxError::Value { .. })));
    assert!(Sandbox::builder().fault("nothing").start().await.is_err());
}
