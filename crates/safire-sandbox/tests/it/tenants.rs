use safire_sandbox::Sandbox;
use safire_sandbox::SandboxError;
use safire_sandbox::Tenant;
use safire_sandbox::manners;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::browser::Request;
use crate::browser::app;
use crate::browser::title;
use crate::browser::told;
use crate::support::Answer;
use crate::support::backend;
use crate::support::basic;
use crate::support::client;
use crate::support::form;
use crate::support::get;
use crate::support::post_json;
use crate::support::public;
use crate::support::read;

async fn three() -> Sandbox {
    Sandbox::builder().tenants(3).start().await.unwrap()
}

async fn register(tenant: &Tenant, metadata: &Value) -> Value {
    let answer = post_json(&tenant.registration_endpoint(), metadata).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn token(tenant: &Tenant, client: &Value) -> Answer {
    let header = basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let request = form(&tenant.token_endpoint(), &[("grant_type", "client_credentials")]);
    read(request.header("authorization", header)).await.unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn tenants_may_be_spread_over_hosts_each_a_server_all_the_same() {
    let sandbox = Sandbox::builder().tenants(3).hosts(2).start().await.unwrap();
    let port = sandbox.address().port();
    let bases = get(&format!("{}/_control/fhir-bases", sandbox.issuer())).await.text();
    let expected: String = ["0:{port}/t/0", "1:{port}/t/1", "0:{port}/t/2"]
        .map(|end| format!("http://127.0.1.{end}/fhir\n"))
        .concat();
    assert_eq!(bases, expected.replace("{port}", &port.to_string()));
    for (tenant, base) in sandbox.tenants().zip(bases.lines()) {
        assert_eq!(tenant.fhir_base(), base);
        let document = get(&format!("{base}/.well-known/smart-configuration")).await.json();
        assert_eq!(document["registration_endpoint"], json!(tenant.registration_endpoint()));
        let known = register(&tenant, &backend("client_secret_basic")).await;
        assert_eq!(token(&tenant, &known).await.status, 200);
    }
    let with_tls = Sandbox::builder().tenants(3).hosts(2).tls().start().await.unwrap_err();
    assert!(matches!(with_tls, SandboxError::HostsWithTls), "{with_tls}");
}

#[tokio::test]
async fn each_tenant_is_a_server_of_its_own() {
    let sandbox = three().await;
    let (one, two) = (sandbox.tenant(1).unwrap(), sandbox.tenant(2).unwrap());
    assert_eq!(one.fhir_base(), format!("{}/t/1/fhir", sandbox.issuer()));
    let document = get(&format!("{}/.well-known/smart-configuration", one.fhir_base())).await.json();
    assert_eq!(
        (&document["issuer"], &document["token_endpoint"]),
        (&json!(one.issuer()), &json!(one.token_endpoint()))
    );
    assert_eq!(get(document["jwks_uri"].as_str().unwrap()).await.status, 200);
    let known = register(&one, &backend("client_secret_basic")).await;
    assert_eq!(token(&one, &known).await.status, 200);
    assert_eq!(token(&two, &known).await.error(), "invalid_client");
    assert_eq!((one.clients().len(), two.clients().len(), sandbox.clients().len()), (1, 0, 0));
    let uri = known["registration_client_uri"].as_str().unwrap();
    assert!(uri.starts_with(&one.issuer()), "{uri}");
    let bearer = format!("Bearer {}", known["registration_access_token"].as_str().unwrap());
    assert_eq!(read(client().get(uri).header("authorization", bearer)).await.unwrap().json(), known);
}

#[tokio::test]
async fn the_sibling_documents_are_where_their_specifications_put_them() {
    let sandbox = three().await;
    let (root, one) = (sandbox.issuer(), sandbox.tenant(1).unwrap());
    for url in [
        format!("{root}/.well-known/oauth-authorization-server/t/1"),
        format!("{root}/.well-known/oauth-authorization-server/t/1/fhir"),
        format!("{root}/t/1/.well-known/openid-configuration"),
        format!("{root}/t/1/fhir/.well-known/openid-configuration"),
    ] {
        assert_eq!(get(&url).await.json()["issuer"], one.issuer(), "{url}");
    }
}

#[tokio::test]
async fn there_are_no_other_tenants() {
    let sandbox = three().await;
    assert!(sandbox.tenant(3).is_none());
    assert_eq!(sandbox.tenants().count(), 3);
    for number in ["3", "01", "+1", "-1", "x", "", "99999999999"] {
        let url = format!("{}/t/{number}/fhir/.well-known/smart-configuration", sandbox.issuer());
        assert_eq!(get(&url).await.status, 404, "{number}");
    }
    let none = Sandbox::start().await.unwrap();
    assert_eq!(get(&format!("{}/t/0/fhir/.well-known/smart-configuration", none.issuer())).await.status, 404);
}

#[tokio::test]
async fn a_user_logs_in_at_a_tenant_by_its_pages() {
    let sandbox = three().await;
    let one = sandbox.tenant(1).unwrap();
    let id = register(&one, &app()).await["client_id"].as_str().unwrap().to_owned();
    let request = Request::of(&sandbox, &id).with("aud", Some(&one.fhir_base()));
    let mut browser = Browser::default();
    let login = browser.get(&format!("{}/authorize?{}", one.issuer(), request.encoded())).await;
    assert!(login.header("set-cookie").unwrap().contains("; Path=/t/1;"));
    let patients = browser.log_in(&sandbox, &login, "clinician").await;
    assert_eq!(title(&patients), "Choose a patient");
    let consent = browser.submit(&sandbox, &patients, &[("patient", "second")]).await;
    let back = told(&browser.allow(&sandbox, &consent).await);
    assert_eq!(back["iss"], one.issuer());
    assert_eq!((one.counts().codes_issued, sandbox.counts().codes_issued), (1, 1));
}

#[tokio::test]
async fn faults_are_those_of_one_tenant_or_of_all() {
    let sandbox =
        Sandbox::builder().tenants(20).fault("tenant 17: register:empty-500").start().await.unwrap();
    let url = |number: u32| sandbox.tenant(number).unwrap().registration_endpoint();
    assert_eq!(post_json(&url(17), &public()).await.status, 500);
    assert_eq!(post_json(&url(16), &public()).await.status, 201);
    sandbox.set_fault("register:gone").unwrap();
    assert_eq!(post_json(&url(17), &public()).await.status, 500);
    assert_eq!(post_json(&url(16), &public()).await.status, 410);
    sandbox.clear_faults();
    let control = format!("{}/_control/faults", sandbox.tenant(3).unwrap().issuer());
    assert_eq!(post_json(&control, &json!({"fault": "register:gone"})).await.status, 204);
    assert_eq!(post_json(&url(3), &public()).await.status, 410);
    assert_eq!(post_json(&url(4), &public()).await.status, 201);
    sandbox.tenant(3).unwrap().clear_faults();
    assert_eq!(post_json(&url(3), &public()).await.status, 201);
    for wrong in ["tenant 20: register:gone", "tenant x: register:gone", "tenant 17 register"] {
        assert!(sandbox.set_fault(wrong).is_err(), "{wrong}");
    }
    let error = sandbox.set_fault("tenant 20: register:gone").unwrap_err();
    assert!(
        matches!(error, SandboxError::UnknownTenant { .. }) && error.to_string().contains("0 to 19"),
        "{error}"
    );
}

#[tokio::test]
async fn relative_endpoints_and_redirects_keep_the_tenants_path() {
    let sandbox = three().await;
    let one = sandbox.tenant(1).unwrap();
    one.set_fault("relative-endpoints").unwrap();
    let url = format!("{}/.well-known/smart-configuration", one.fhir_base());
    assert_eq!(get(&url).await.json()["token_endpoint"], "/t/1/token");
    one.set_fault("discovery:redirect").unwrap();
    let moved = get(get(&url).await.header("location").unwrap()).await;
    assert_eq!(moved.json()["issuer"], one.issuer());
}

#[tokio::test]
async fn shares_give_that_many_tenants_a_manner() {
    let shares = manners()
        .iter()
        .fold(Sandbox::builder().tenants(100), |builder, manner| builder.share(manner.name, 10));
    let sandbox = shares.share("openemr", 10).start().await.unwrap();
    for name in manners().iter().map(|manner| manner.name).chain(["openemr"]) {
        assert_eq!(sandbox.tenants().filter(|tenant| tenant.manner() == Some(name)).count(), 10, "{name}");
    }
    let of = |name| sandbox.tenants().find(move |tenant| tenant.manner() == name).unwrap();
    let limited = of(Some("rate-limiting"));
    assert_eq!(post_json(&limited.registration_endpoint(), &public()).await.status, 429);
    register(&limited, &public()).await;
    register(&of(None), &public()).await;
    let mut metadata = app();
    metadata["contacts"] = json!(["mailto:it@example.com"]);
    assert_eq!(post_json(&of(Some("openemr")).registration_endpoint(), &metadata).await.status, 200);
    let started = Sandbox::builder().tenants(3).share("slow", 4).start().await;
    assert!(matches!(started.unwrap_err(), SandboxError::TooManyShares { shares: 4, tenants: 3 }));
    let started = Sandbox::builder().tenants(3).share("lazy", 1).start().await;
    assert!(matches!(started.unwrap_err(), SandboxError::UnknownManner { .. }));
}

#[tokio::test]
async fn counts_are_told_for_each_tenant_and_in_total() {
    let sandbox =
        Sandbox::builder().tenants(1000).share("slow", 1).auto_approve("clinician", "second").start();
    let sandbox = sandbox.await.unwrap();
    let (here, there) = (sandbox.tenant(7).unwrap(), sandbox.tenant(999).unwrap());
    let known = register(&here, &backend("client_secret_basic")).await;
    assert_eq!(token(&here, &known).await.status, 200);
    register(&there, &public()).await;
    let id = register(&there, &app()).await["client_id"].as_str().unwrap().to_owned();
    let login = login(&sandbox, &there, &id).await;
    for expected in [200, 400] {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", id.as_str()),
            ("refresh_token", login["refresh_token"].as_str().unwrap()),
        ];
        assert_eq!(read(form(&there.token_endpoint(), &fields)).await.unwrap().status, expected);
    }
    let told = get(&format!("{}/_control/tenants", sandbox.issuer())).await.json();
    assert_eq!((&told["tenants"], &told["touched"]), (&json!(1000), &json!(2)));
    let numbers = |counts: &Value| {
        ["registrations_issued", "tokens_issued", "refreshes", "logins_ended"]
            .map(|name| counts[name].as_u64().unwrap())
    };
    assert_eq!(numbers(&told["total"]), [3, 3, 1, 1]);
    assert_eq!(told["each"][0]["tenant"], 7);
    assert_eq!(numbers(&told["each"][0]["counts"]), [1, 1, 0, 0]);
    assert_eq!(numbers(&told["each"][1]["counts"]), [2, 2, 1, 1]);
    let own = get(&format!("{}/_control/counts", there.issuer())).await.json();
    assert_eq!(own, told["each"][1]["counts"]);
    assert_eq!(sandbox.tenant(5).unwrap().counts().requests, 0);
    assert_eq!((sandbox.counts().registrations_issued, there.counts().registrations_issued), (3, 2));
    assert_eq!(get(&format!("{}/_control/tenants", there.issuer())).await.status, 404);
}

async fn login(sandbox: &Sandbox, tenant: &Tenant, id: &str) -> Value {
    let request = Request::of(sandbox, id).with("aud", Some(&tenant.fhir_base()));
    let back =
        told(&Browser::default().get(&format!("{}/authorize?{}", tenant.issuer(), request.encoded())).await);
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("code", back["code"].as_str()),
        ("redirect_uri", crate::browser::REDIRECT),
        ("code_verifier", crate::browser::VERIFIER),
    ];
    read(form(&tenant.token_endpoint(), &fields)).await.unwrap().json()
}

#[tokio::test]
async fn the_bases_are_listed_and_requests_are_recorded_with_their_path() {
    let sandbox = three().await;
    let list = get(&format!("{}/_control/fhir-bases", sandbox.issuer())).await.text();
    let bases: Vec<String> = sandbox.tenants().map(|tenant| tenant.fhir_base()).collect();
    assert_eq!(list.lines().collect::<Vec<_>>(), bases);
    register(&sandbox.tenant(2).unwrap(), &public()).await;
    assert_eq!(sandbox.requests()[0].path, "/t/2/register");
}
