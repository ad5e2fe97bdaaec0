use safire_jose::Algorithm;
use safire_jose::PrivateKey;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_pki::KeyKind;
use safire_sandbox::Community;
use safire_sandbox::MemberRequest;
use safire_sandbox::Secrecy;

#[test]
fn a_member_has_its_uri_names_and_the_key_that_was_wanted() {
    let community = Community::builder("https://community.example/").make().unwrap();
    for (algorithm, kind) in [
        (Algorithm::Rs256, KeyKind::Rsa { bits: 2048 }),
        (Algorithm::Es256, KeyKind::P256),
        (Algorithm::Es384, KeyKind::P384),
    ] {
        let request =
            MemberRequest::new("https://app.example/a#T-TREAT").uri_name("urn:b").algorithm(algorithm);
        let member = community.issue_as(&request).unwrap();
        let chain = Chain::parse(member.chain_pem().as_bytes()).unwrap();
        let names: Vec<_> = chain.leaf().uri_names().iter().map(|name| name.as_str().to_owned()).collect();
        assert_eq!(names, ["https://app.example/a#T-TREAT", "urn:b"]);
        assert_eq!(chain.leaf().key_kind(), &kind);
        assert_eq!(chain.leaf().serial(), member.serial());
        assert_eq!(chain.to_x5c(), member.x5c());
        assert!(chain.leaf().crl_urls().is_empty() && chain.leaf().issuer_urls().is_empty());
        assert!(chain.others()[0].is_ca() && !chain.leaf().is_ca());
    }
}

#[test]
fn certificates_tell_where_lists_and_issuers_are_published() {
    let builder = Community::builder("https://community.example/x").published_at("http://127.0.0.1:9/udap/");
    let member = builder.make().unwrap().issue_as(&super::world::request("urn:a")).unwrap();
    let leaf = Chain::from_der(member.chain()).unwrap().leaf().clone();
    let base = "http://127.0.0.1:9/udap";
    let segment = "https---community-example-x";
    assert_eq!(leaf.crl_urls(), [format!("{base}/crl/{segment}/intermediate.crl")]);
    assert_eq!(leaf.issuer_urls(), [format!("{base}/ca/{segment}/intermediate.cer")]);
}

#[test]
fn its_files_can_be_read_and_the_keys_are_marked_secret() {
    let community = Community::builder("urn:test").name("Acme").make().unwrap();
    let member = community.issue_as(&super::world::request("urn:a")).unwrap();
    let files = community.files(&[("app", &member)]).unwrap();
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    let wanted = [
        "root.pem",
        "root.key.pem",
        "intermediate.pem",
        "intermediate.key.pem",
        "root.crl",
        "intermediate.crl",
        "app.pem",
        "app.key.pem",
    ];
    assert_eq!(names, wanted);
    for file in files {
        let is_key = file.name.ends_with(".key.pem");
        assert_eq!(file.secrecy == Secrecy::Secret, is_key, "{}", file.name);
        if is_key {
            PrivateKey::parse(&file.contents).unwrap();
        } else if file.name.ends_with(".crl") {
            Crl::from_der(&file.contents).unwrap();
        } else {
            Chain::parse(&file.contents).unwrap();
        }
        assert!(!format!("{file:?}").contains("BEGIN"));
    }
    assert!(!format!("{member:?} {community:?}").contains("PRIVATE"));
}

#[test]
fn an_expired_and_an_early_member_are_made_on_demand() {
    let community = Community::builder("urn:test").make().unwrap();
    let now = u64::try_from(crate::support::now()).unwrap();
    let leaf = |request: MemberRequest| {
        let member = community.issue_as(&request).unwrap();
        let leaf = Chain::from_der(member.chain()).unwrap().leaf().clone();
        (leaf.not_before().as_secs(), leaf.not_after().as_secs())
    };
    let (_, ended) = leaf(super::world::request("urn:a").expired());
    let (begins, _) = leaf(super::world::request("urn:a").not_yet_valid());
    assert!(ended < now && begins > now);
}
