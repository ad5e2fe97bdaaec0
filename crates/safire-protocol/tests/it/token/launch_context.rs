//! The launch context, as the specification has it and as servers send it.

use proptest::prelude::any;
use proptest::proptest;
use safire_protocol::token::FhirUser;
use safire_protocol::token::LaunchContext;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;
use serde_json::json;

use super::accept;

fn context(members: &Value) -> LaunchContext {
    let mut body = json!({"access_token": "a", "token_type": "Bearer", "scope": "s"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    accept(200, "application/json", body.to_string()).unwrap().launch_context()
}

#[test]
fn every_member_of_the_specification_is_typed() {
    let context = context(&json!({
        "patient": "123", "encounter": "456", "need_patient_banner": false, "intent": "reconcile-medications",
        "smart_style_url": "https://ehr/styles/smart_v1.json", "tenant": "2ddd6c3a", "vendor": [1],
        "fhirContext": [
            {"reference": "List/1", "role": "https://example.org/med-list-at-home"},
            {"reference": "ImagingStudy/123"},
            {"canonical": "https://example.org/Questionnaire/123/|v1", "type": "Questionnaire", "x": 1},
            {"identifier": {"system": "s", "value": "v"}, "type": "Task"},
        ],
    }));
    assert_eq!((context.patient.as_deref(), context.encounter.as_deref()), (Some("123"), Some("456")));
    assert_eq!(context.need_patient_banner, Some(false));
    assert_eq!(context.intent.as_deref(), Some("reconcile-medications"));
    assert_eq!(context.smart_style_url.as_deref(), Some("https://ehr/styles/smart_v1.json"));
    assert_eq!(context.tenant.as_deref(), Some("2ddd6c3a"));
    assert_eq!(Value::Object(context.other.clone()), json!({"vendor": [1]}));
    let kinds: Vec<_> = context.fhir_context.iter().map(|item| item.kind().unwrap()).collect();
    assert_eq!(kinds, ["List", "ImagingStudy", "Questionnaire", "Task"]);
    assert_eq!(context.with_role("launch").count(), 3);
    let list = context.with_role("https://example.org/med-list-at-home").next().unwrap();
    assert_eq!(list.reference.as_deref(), Some("List/1"));
    assert_eq!(context.fhir_context[2].raw["x"], 1);
    assert!(context.deviations.is_empty(), "{:?}", context.deviations);
}

#[test]
fn t24_the_patient_is_found_in_fhir_user_or_nowhere() {
    let user = |text: &str| context(&json!({"fhirUser": text}));
    for text in ["https://fhir.example.com/r4/Patient/p.1-x", "Patient/p.1-x", "Patient/p.1-x/_history/3"] {
        let context = user(text);
        assert_eq!(context.patient, None);
        assert_eq!(context.patient_or_user(), Some("p.1-x"), "{text}");
    }
    assert_eq!(user("https://fhir.example.com/r4/Practitioner/7").patient_or_user(), None);
    assert_eq!(context(&json!({})).patient_or_user(), None);
    let both = context(&json!({"patient": "a", "fhirUser": "Patient/b"}));
    assert_eq!(both.patient_or_user(), Some("a"));
}

#[test]
fn fhir_user_is_absolute_or_relative() {
    let base = FhirBase::parse("https://fhir.example.com/r4/", LoopbackHttp::Refused).unwrap();
    let user = FhirUser::parse("Practitioner/7").unwrap();
    assert_eq!((user.resource_type(), user.id()), ("Practitioner", "7"));
    assert_eq!(user.url(&base), "https://fhir.example.com/r4/Practitioner/7");
    let user = FhirUser::parse("https://other.example.com/a/b/RelatedPerson/x").unwrap();
    assert_eq!((user.resource_type(), user.id()), ("RelatedPerson", "x"));
    assert_eq!(user.url(&base), "https://other.example.com/a/b/RelatedPerson/x");
    for text in ["", "7", "/", "patient/7", "Patient/", "ftp://x/Patient/1", "x/Patient/1", "Patient/1?x=1"] {
        assert!(FhirUser::parse(text).is_none(), "{text}");
    }
}

#[test]
fn other_types_are_read_where_they_can_be_and_told() {
    let read = context(&json!({
        "patient": 123, "encounter": "Encounter/4", "need_patient_banner": "True", "intent": "",
        "fhirContext": {"reference": "Task/1"}, "tenant": null, "fhirUser": "nobody", "smart_style_url": ["x"],
    }));
    assert_eq!((read.patient.as_deref(), read.encounter.as_deref()), (Some("123"), Some("4")));
    assert_eq!(read.need_patient_banner, Some(true));
    assert_eq!((read.intent, read.tenant, read.fhir_user), (None, None, None));
    assert_eq!(read.smart_style_url, None);
    assert_eq!(read.fhir_context[0].reference.as_deref(), Some("Task/1"));
    let mut members: Vec<_> = read.deviations.iter().map(|found| found.member.clone().unwrap()).collect();
    members.sort();
    assert_eq!(members, ["fhirContext", "fhirUser", "need_patient_banner", "patient", "smart_style_url"]);
    let read = context(&json!({"need_patient_banner": 1, "fhirContext": ["Task/2", 3, {"role": ""}, {}]}));
    assert_eq!(read.need_patient_banner, None);
    assert_eq!(read.fhir_context.len(), 3);
    assert_eq!(read.fhir_context[0].kind(), Some("Task"));
    let codes: Vec<_> = read.deviations.iter().map(|found| found.code).collect();
    for code in [
        "launch-context-type",
        "fhir-context-item-text",
        "fhir-context-item-unusable",
        "fhir-context-item-empty",
        "fhir-context-role-unusable",
    ] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

#[test]
fn authorization_details_name_other_servers_with_their_own_context() {
    let context = context(&json!({"patient": "r4-id", "authorization_details": [
        {"type": "smart_on_fhir", "locations": ["https://ehr.example.com/r4"], "fhirVersions": ["4.0.1"]},
        {"type": "smart_on_fhir", "locations": ["https://ehr.example.com/r2"], "fhirVersions": ["1.0.2"],
         "scope": "patient/Patient.rs", "patient": "r2-id", "fhirContext": [{"reference": "Task/1"}], "y": 1},
    ]}));
    let [first, second] = context.authorization_details.as_slice() else { panic!("{context:?}") };
    assert_eq!(first.locations, ["https://ehr.example.com/r4"]);
    assert_eq!((first.patient.as_deref(), first.fhir_versions.as_slice()), (None, &["4.0.1".to_owned()][..]));
    assert_eq!(second.kind.as_deref(), Some("smart_on_fhir"));
    assert_eq!(second.patient.as_deref(), Some("r2-id"));
    assert_eq!(second.scope.as_deref(), Some("patient/Patient.rs"));
    assert_eq!((second.fhir_context.len(), &second.raw["y"]), (1, &json!(1)));
}

#[test]
fn debug_shows_no_value() {
    let context = context(&json!({
        "patient": "planted-1", "encounter": "planted-2", "vendor": "planted-3", "fhirUser": "Patient/planted-4",
        "fhirContext": [{"reference": "Task/planted-5"}], "authorization_details": [{"patient": "planted-6"}],
    }));
    let text = format!("{context:?} {:?}", context.authorization_details);
    assert!(text.contains("vendor") && !text.contains("planted"), "{text}");
}

fn any_json() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::Just;
    use proptest::prelude::Strategy;
    let leaf = proptest::prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from),
        "(https?://[a-z/]{0,9})?[A-Za-z]{0,9}/[a-z0-9é/]{0,9}(/_history/)?".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let name = "(reference|canonical|identifier|role|type|locations|patient|fhirContext|x)";
        proptest::prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map(name, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_members_do_not_panic(value in any_json(), text in "\\PC{0,60}") {
        let _ = FhirUser::parse(&text);
        for name in [
            "patient", "encounter", "fhirUser", "fhirContext", "need_patient_banner", "smart_style_url", "intent",
            "tenant", "authorization_details", "vendor",
        ] {
            let members = serde_json::Map::from_iter([(name.to_owned(), value.clone())]);
            let read = LaunchContext::read(&members);
            assert_eq!(read.other.contains_key(name), name == "vendor");
            let _ = format!("{read:?}");
        }
    }
}
