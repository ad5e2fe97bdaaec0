//! Who may launch the app is decided before anything is sent.

use safire_protocol::authorize::AllowedIssuers;
use safire_protocol::authorize::EhrLaunch;
use safire_protocol::authorize::LaunchError;
use safire_protocol::fault::Diagnose;
use safire_protocol::fault::Fault;
use safire_protocol::url::LoopbackHttp;

use super::base;
use super::url;

const LAUNCH: &str =
    "https://app.example.com/launch?iss=https%3A%2F%2Fehr.example.com%2Ffhir%2F&launch=a%2Bb";

#[test]
fn an_allowed_server_launches_and_its_base_is_kept_as_it_came() {
    let allowed = AllowedIssuers::none().exactly(&base("https://ehr.example.com/fhir"));
    let launch = EhrLaunch::from_url(&url(LAUNCH), &allowed).unwrap();
    assert_eq!(launch.base().as_str(), "https://ehr.example.com/fhir/");
    assert_eq!(launch.launch(), "a+b");
}

#[test]
fn a_server_that_is_not_on_the_list_is_refused() {
    let lists = [
        AllowedIssuers::none(),
        AllowedIssuers::none().exactly(&base("https://ehr.example.com/other")),
        AllowedIssuers::none().exactly(&base("https://ehr.example.com/fhir/r4")),
        AllowedIssuers::none()
            .exactly(&base("https://ehr.example.com/fhi"))
            .exactly(&base("https://ehr.example.com")),
        AllowedIssuers::none().of_origin(&url("https://ehr.example.com:8443/fhir")),
        AllowedIssuers::none().of_origin(&url("https://example.com/fhir")),
        AllowedIssuers::none().of_origin(&url("data:text/plain,x")),
        AllowedIssuers::none().whenever(|base| base.as_str().ends_with("/r4")),
    ];
    for allowed in lists {
        let error = EhrLaunch::from_url(&url(LAUNCH), &allowed).unwrap_err();
        let iss = "https://ehr.example.com/fhir/".to_owned();
        assert_eq!(error, LaunchError::NotAllowed { iss }, "{allowed:?}");
        assert_eq!(error.fault(), Fault::Trust);
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_list_holds_bases_origins_and_rules() {
    let lists = [
        AllowedIssuers::none().of_origin(&url("https://EHR.example.com:443/anything")),
        AllowedIssuers::none().whenever(|base| base.as_url().host_str() == Some("ehr.example.com")),
        AllowedIssuers::none()
            .of_origin(&url("https://a.example"))
            .exactly(&base("https://EHR.example.com/fhir")),
    ];
    for allowed in lists {
        assert!(EhrLaunch::from_url(&url(LAUNCH), &allowed).is_ok(), "{allowed:?}");
    }
}

#[test]
fn a_missing_or_doubled_parameter_is_named() {
    let allowed = AllowedIssuers::none().whenever(|_| true);
    let iss = "iss=https%3A%2F%2Fehr.example.com";
    for (query, expected) in [
        ("", LaunchError::Missing { parameter: "iss" }),
        ("launch=1", LaunchError::Missing { parameter: "iss" }),
        (iss, LaunchError::Missing { parameter: "launch" }),
        (&format!("{iss}&launch="), LaunchError::Missing { parameter: "launch" }),
        (&format!("{iss}&{iss}&launch=1"), LaunchError::Doubled { parameter: "iss" }),
        (&format!("{iss}&launch=1&launch=2"), LaunchError::Doubled { parameter: "launch" }),
    ] {
        assert_eq!(EhrLaunch::from_query(query, &allowed).unwrap_err(), expected, "{query}");
    }
}

#[test]
fn an_issuer_that_is_no_https_url_is_refused_even_where_all_are_allowed() {
    let allowed = || AllowedIssuers::none().whenever(|_| true);
    for iss in
        ["http://ehr.example.com/fhir", "ehr.example.com", "javascript:alert(1)", "https://u:p@e.example/f"]
    {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("iss", iss)
            .append_pair("launch", "1")
            .finish();
        let error = EhrLaunch::from_query(&query, &allowed()).unwrap_err();
        assert!(matches!(error, LaunchError::Iss(_)), "{iss}: {error:?}");
    }
    let query = "?iss=http%3A%2F%2F127.0.0.1%3A8080%2Ffhir&launch=1";
    assert!(EhrLaunch::from_query(query, &allowed()).is_err());
    assert!(EhrLaunch::from_query(query, &allowed().with_loopback(LoopbackHttp::Allowed)).is_ok());
}
