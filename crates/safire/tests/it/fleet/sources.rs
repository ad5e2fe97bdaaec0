//! Every kind of list gives its rows, each with its line.

use safire::fleet::source::Format;
use serde_json::json;

use super::support::bases;
use super::support::read;

#[test]
fn a_list_has_a_base_a_line() {
    let read = read(
        Format::List,
        "\u{feff}# FHIR servers\nhttps://a.example.com/r4\r\n\n  https://b.example.com/r4\n",
    )
    .unwrap();
    assert_eq!(bases(&read), [(2, "https://a.example.com/r4"), (4, "  https://b.example.com/r4")]);
    assert_eq!(read.columns, Some(vec![]));
}

#[test]
fn csv_knows_its_base_column_by_its_name() {
    for header in ["base_url", "FHIR Base URL", "fhir-base", "URL", "Address", "\"endpoint\""] {
        let read = read(Format::Csv, format!("Name,{header}\nOne,https://a.example.com\n")).unwrap();
        assert_eq!(bases(&read), [(2, "https://a.example.com")], "{header}");
        assert_eq!(read.rows[0].columns["name"], "One");
    }
}

#[test]
fn csv_takes_commas_semicolons_tabs_quotes_and_line_ends_in_cells() {
    for (delimiter, name) in [(",", "a;b"), (";", "a,b"), ("\t", "a b")] {
        let text = format!(
            "url{delimiter}name{delimiter}more\nhttps://a.example.com{delimiter}\"{name}\"{delimiter}x\n"
        );
        assert_eq!(read(Format::Csv, text).unwrap().rows[0].columns["name"], name);
    }
    let text =
        "url,name\r\nhttps://a.example.com,\"say \"\"hi\"\",\r\nthere\"\r\nhttps://b.example.com,plain\r\n";
    let read = read(Format::Csv, text).unwrap();
    assert_eq!(bases(&read), [(2, "https://a.example.com"), (4, "https://b.example.com")]);
    assert_eq!(read.rows[0].columns["name"], "say \"hi\",\nthere");
}

#[test]
fn csv_without_a_header_has_its_bases_where_the_first_url_is() {
    let read = read(Format::Csv, "One,https://a.example.com\nTwo,https://b.example.com\n").unwrap();
    assert_eq!(bases(&read), [(1, "https://a.example.com"), (2, "https://b.example.com")]);
    assert_eq!(read.rows[1].columns["column_1"], "Two");
}

#[test]
fn csv_cells_may_be_metadata_of_their_row() {
    let text = "base_url;registration_endpoint;initial_access_token;metadata;metadata.client_name;metadata.contacts;site\n\
                https://a.example.com;https://auth.example.com/reg;planted;{\"software_id\":\"s\"};Own;[\"a@b.c\"];Main\n\
                https://b.example.com;;;;;;\n";
    let read = read(Format::Csv, text).unwrap();
    let row = &read.rows[0];
    assert_eq!(row.registration_endpoint.as_deref(), Some("https://auth.example.com/reg"));
    assert_eq!(row.initial_access_token.as_ref().unwrap().expose_secret(), "planted");
    assert_eq!(
        serde_json::Value::Object(row.overrides.clone()),
        json!({"software_id": "s", "client_name": "Own", "contacts": ["a@b.c"]})
    );
    assert!(!format!("{row:?}").contains("planted"));
    // A template cannot send the token about.
    assert_eq!(read.columns.as_deref(), Some(&["base_url".to_owned(), "site".to_owned()] as &[_]));
    assert!(read.rows[1].overrides.is_empty() && read.rows[1].initial_access_token.is_none());
}

#[test]
fn ndjson_takes_objects_urls_and_endpoints() {
    let text = r#"{"base_url":"https://a.example.com","site":"Main","beds":12,"tags":["x"],"metadata":{"contacts":["a@b.c"]}}

"https://b.example.com"
{"resourceType":"Endpoint","status":"active","name":"Third","address":"https://c.example.com/r4","connectionType":{"code":"hl7-fhir-rest"}}
{"resourceType":"Organization","name":"No server"}
"#;
    let read = read(Format::Ndjson, text).unwrap();
    assert_eq!(
        bases(&read),
        [(1, "https://a.example.com"), (3, "https://b.example.com"), (4, "https://c.example.com/r4")]
    );
    assert_eq!(
        (read.rows[0].columns["site"].as_str(), read.rows[0].columns["beds"].as_str()),
        ("Main", "12")
    );
    assert_eq!(read.rows[0].overrides["contacts"], json!(["a@b.c"]));
    assert_eq!(read.rows[2].columns["name"], "Third");
    assert_eq!(read.columns, None);
}

#[test]
fn brand_bundles_give_their_endpoints() {
    for (number, count) in [(1, 1), (2, 2), (3, 2), (4, 1)] {
        let path =
            format!("{}/../../testdata/brands/Bundle-example{number}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(Format::tell(Some("json"), text.as_bytes()).unwrap(), Format::Bundle);
        let read = read(Format::Bundle, &text).unwrap();
        assert_eq!((read.rows.len(), read.bad.len()), (count, 0), "{number}");
        for row in &read.rows {
            let line = text.lines().nth(usize::try_from(row.place.line).unwrap() - 1).unwrap();
            assert!(line.contains(&row.base), "line {}: {line}", row.place.line);
        }
    }
}

#[test]
fn an_endpoint_has_the_name_of_the_brand_that_lists_it() {
    let names = |number: u8| -> Vec<String> {
        let path =
            format!("{}/../../testdata/brands/Bundle-example{number}.json", env!("CARGO_MANIFEST_DIR"));
        let rows = read(Format::Bundle, std::fs::read_to_string(path).unwrap()).unwrap().rows;
        rows.iter().map(|row| row.columns["organization"].clone()).collect()
    };
    assert_eq!(names(1), ["ExampleLabs"]);
    assert_eq!(names(2), ["ExampleHealth", "ExampleHealth"]);
    assert_eq!(names(3), ["ExampleHospital", "ExampleHospital"], "by the full URL");
    assert_eq!(names(4), ["Brand1"], "the first of two that share it");
}

#[test]
fn an_organization_may_stand_behind_its_endpoint_and_another_servers_id_is_not_it() {
    let text = r##"{"resourceType":"Bundle","entry":[
      {"resource":{"resourceType":"Endpoint","id":"e","name":"Managed","address":"https://a.example.com",
        "managingOrganization":{"reference":"Organization/o"}},"fullUrl":"https://a.example.com/Endpoint/e"},
      {"resource":{"resourceType":"Endpoint","status":"off","address":"https://b.example.com"}},
      {"fullUrl":"https://c.example.com/Endpoint/f","resource":{"resourceType":"Endpoint","id":"f","name":"Own name",
        "address":"https://c.example.com"}},
      {"resource":{"resourceType":"Endpoint","id":"g","address":"https://d.example.com"}},
      {"resource":{"resourceType":"Organization","id":"o","name":"Behind"}},
      {"resource":{"resourceType":"Organization","id":"p","name":"Elsewhere",
        "endpoint":[{"reference":"https://x.example.com/Endpoint/f"},{"display":"nothing"},{"reference":7}]}},
      {"resource":{"resourceType":"Organization","id":"q","name":" ","endpoint":[{"reference":"Endpoint/g"}]}},
      {"resource":{"resourceType":"Location","name":"No brand","endpoint":[{"reference":"Endpoint/g"}]}}
    ]}"##;
    let read = read(Format::Bundle, text).unwrap();
    let names: Vec<_> =
        read.rows.iter().map(|row| row.columns.get("organization").map(String::as_str)).collect();
    assert_eq!(names, [Some("Behind"), Some("Own name"), None]);
    assert_eq!(read.bad.len(), 1);
}

#[test]
fn endpoint_bundles_of_the_older_form_give_theirs_with_entry_and_organization() {
    let text = r##"{"entry":[
      {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Endpoint","id":"one","status":"active",
        "connectionType":{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"hl7-fhir-rest"},
        "managingOrganization":{"reference":"#org"},"contained":[{"resourceType":"Organization","id":"org","name":"Clinic One"}],
        "payloadType":[{"coding":[{"code":"any"}]}],"address":"https://a.example.com/r4"}},
      {"resource":{"resourceType":"Organization","name":"Clinic","address":[{"city":"Madison"}]}},
      {"resource":{"resourceType":"Endpoint","status":"off","address":"https://b.example.com"}},
      {"resource":{"resourceType":"Endpoint","connectionType":{"code":"direct-project"},"address":"mailto:x@example.com"}},
      {"resource":{"resourceType":"Endpoint","name":"No address"}},
      {"resource":{"resourceType":"Endpoint","connectionType":[{"coding":[{"code":"hl7-fhir-rest"}]}],"name":"R5",
        "managingOrganization":{"display":"Clinic Two"},"address":"https://c.example.com"}}
    ],"type":"collection","resourceType":"Bundle"}"##;
    let read = read(Format::Bundle, text).unwrap();
    assert_eq!(bases(&read), [(5, "https://a.example.com/r4"), (11, "https://c.example.com")]);
    assert_eq!(read.rows[0].place.entry, Some(1));
    assert_eq!(read.rows[0].columns["organization"], "Clinic One");
    assert_eq!(read.rows[1].columns["organization"], "Clinic Two");
    let bad: Vec<(Option<u64>, String)> =
        read.bad.iter().map(|bad| (bad.place.entry, bad.problem.to_string())).collect();
    assert_eq!(
        bad,
        [
            (Some(3), "the endpoint has status `off`".to_owned()),
            (Some(4), "the endpoint speaks `direct-project`, not FHIR REST".to_owned()),
            (Some(5), "the row names no FHIR base URL".to_owned()),
        ]
    );
}

#[test]
fn the_kind_of_a_file_is_told_by_its_name_or_its_beginning() {
    let tell = |extension, head: &str| Format::tell(extension, head.as_bytes()).unwrap();
    assert_eq!(tell(Some("csv"), "x"), Format::Csv);
    assert_eq!(tell(Some("JSONL"), "x"), Format::Ndjson);
    assert_eq!(tell(Some("txt"), "https://a.example.com\nhttps://b.example.com\n"), Format::List);
    assert_eq!(tell(None, "# servers\nhttps://a.example.com"), Format::List);
    assert_eq!(tell(None, "name,url\nOne,https://a.example.com"), Format::Csv);
    assert_eq!(tell(Some("txt"), "base_url\nhttps://a.example.com"), Format::Csv);
    assert_eq!(
        tell(Some("json"), "{\"base_url\":\"https://a.example.com\"}\n{\"base_url\":"),
        Format::Ndjson
    );
    assert_eq!(tell(None, "\u{feff}{\n  \"resourceType\" : \"Bundle\",\n"), Format::Bundle);
    assert_eq!(tell(None, "{\"resourceType\":\"Bundle\",\"entry\":[{"), Format::Bundle);
    assert_eq!(tell(None, ""), Format::List);
    for head in ["[{\"base_url\":1}]", "\0\0", "\u{1}"] {
        assert!(Format::tell(None, head.as_bytes()).is_err(), "{head:?}");
    }
}
