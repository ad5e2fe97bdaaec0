//! One template for a whole fleet.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use safire::fleet::Template;
use safire::fleet::TemplateError;
use safire::protocol::fault::Diagnose as _;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("an object") };
    members
}

fn template(value: Value) -> Template {
    Template::parse(object(value)).unwrap()
}

fn expand(value: Value, variables: &[(&str, &str)], overrides: Value) -> Result<Value, TemplateError> {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let metadata = template(value).expand(&variables, &object(overrides))?;
    Ok(Value::Object(metadata.to_json()))
}

#[test]
fn variables_are_filled_in_wherever_a_text_is() {
    let done = expand(
        json!({"client_name": "App at {Site}", "redirect_uris": ["https://app.example.com/{site}/{line}"],
               "x_nested": {"a": ["{site}", 1, null]}}),
        &[("site", "Main"), ("line", "7")],
        json!({}),
    );
    assert_eq!(
        done.unwrap(),
        json!({"redirect_uris": ["https://app.example.com/Main/7"], "client_name": "App at Main",
               "x_nested": {"a": ["Main", 1, null]}})
    );
}

#[test]
fn a_value_is_text_and_nothing_else() {
    let done = expand(json!({"client_name": "{site}"}), &[("site", "\"}{{x}\u{0}")], json!({})).unwrap();
    assert_eq!(done, json!({"client_name": "\"}{{x}\u{0}"}));
}

#[test]
fn doubled_braces_are_braces() {
    let done = expand(json!({"client_name": "{{{site}}} {{line}}"}), &[("site", "x")], json!({})).unwrap();
    assert_eq!(done, json!({"client_name": "{x} {line}"}));
}

#[test]
fn a_row_wins_over_the_template_and_takes_members_out() {
    let done = expand(
        json!({"client_name": "{missing}", "scope": "a", "contacts": ["x@y.z"]}),
        &[],
        json!({"client_name": "Own {name}", "contacts": null}),
    );
    assert_eq!(done.unwrap(), json!({"client_name": "Own {name}", "scope": "a"}));
}

#[test]
fn mistakes_show_before_anything_is_sent() {
    let parse = |value: Value| Template::parse(object(value)).unwrap_err().code();
    assert_eq!(parse(json!({"client_name": "a { b"})), "template-brace");
    assert_eq!(parse(json!({"client_name": "a } b"})), "template-brace");
    assert_eq!(parse(json!({"client_name": "a {} b"})), "template-name");
    assert_eq!(parse(json!({"client_name": "a {b c} d"})), "template-name");
    assert_eq!(parse(json!({"redirect_uris": "https://app.example.com"})), "metadata-wrong-kind");
}

#[test]
fn a_variable_that_the_list_lacks_is_named_with_those_it_has() {
    let template = template(json!({"client_name": "{sight} {host} {line} {base_url}"}));
    let columns = BTreeSet::from(["site".to_owned()]);
    let error = template.check(&columns).unwrap_err();
    assert_eq!(error.code(), "template-unknown-variable");
    let text = error.to_string();
    assert!(text.contains("{sight}") && text.contains("`{site}`") && text.contains("`{host}`"), "{text}");
    assert!(template.check(&BTreeSet::from(["sight".to_owned()])).is_ok());
}

#[test]
fn an_empty_cell_is_an_error_of_its_row() {
    let error = expand(json!({"client_name": "{site}"}), &[], json!({})).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("{site}")), ("template-empty-variable", true));
}
