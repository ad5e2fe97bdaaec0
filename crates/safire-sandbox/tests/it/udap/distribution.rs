use safire_pki::Certificate;
use safire_pki::Chain;
use safire_pki::Crl;
use safire_sandbox::Sandbox;

use super::world::World;
use crate::support::get;

#[tokio::test]
async fn lists_and_issuers_are_where_the_certificates_say() {
    let world = World::start().await;
    let chain = Chain::from_der(world.client.chain()).unwrap();
    for certificate in chain.iter() {
        let list = get(&certificate.crl_urls()[0]).await;
        assert_eq!(list.header("content-type"), Some("application/pkix-crl"));
        assert_eq!(Crl::from_der(&list.body).unwrap().issuer(), certificate.issuer());
        let issuer = get(&certificate.issuer_urls()[0]).await;
        assert_eq!(issuer.header("content-type"), Some("application/pkix-cert"));
        assert_eq!(Certificate::from_der(&issuer.body).unwrap().subject(), certificate.issuer());
    }
    let url = chain.leaf().crl_urls()[0].replace("intermediate", "nobody");
    assert_eq!(get(&url).await.status, 404);
}

#[tokio::test]
async fn a_revoked_certificate_is_on_the_next_list() {
    let world = World::start().await;
    let url = Chain::from_der(world.client.chain()).unwrap().leaf().crl_urls()[0].clone();
    let before = get(&url).await.body;
    world.community.revoke(world.client.serial());
    world.community.revoke(world.client.serial());
    let after = get(&url).await.body;
    let has = |list: &[u8]| list.windows(16).filter(|part| *part == world.client.serial()).count();
    assert_eq!((has(&before), has(&after)), (0, 1));
}

#[tokio::test]
async fn with_tls_they_are_still_served_without_and_nothing_else_is() {
    let sandbox = Sandbox::builder().tls().start().await.unwrap();
    let community = sandbox.udap_communities().await.unwrap().remove(0);
    let member = community.issue_as(&super::world::request("urn:a")).unwrap();
    let leaf = Chain::from_der(member.chain()).unwrap().leaf().clone();
    assert!(leaf.crl_urls()[0].starts_with(&format!("http://{}/", sandbox.address())));
    let list = get(&leaf.crl_urls()[0]).await;
    assert_eq!(Crl::from_der(&list.body).unwrap().issuer(), leaf.issuer());
    assert_eq!(get(&leaf.issuer_urls()[0]).await.status, 200);
    assert_eq!(get(&format!("http://{}/fhir/.well-known/udap", sandbox.address())).await.status, 400);
    let ca = reqwest::Certificate::from_pem(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let client = crate::support::builder().tls_certs_only([ca]).build().unwrap();
    let answer = crate::support::read(client.get(format!("{}/.well-known/udap", sandbox.fhir_base()))).await;
    assert_eq!(answer.unwrap().json()["token_endpoint"], sandbox.token_endpoint());
}
