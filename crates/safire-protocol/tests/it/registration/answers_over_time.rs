//! A registration over many answers: the credentials in force survive, and nothing is kept for ever.

use std::sync::Arc;

use safire_protocol::registration::Answer;
use safire_protocol::registration::AnswerTo;
use safire_protocol::registration::Answers;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::Trial;
use safire_protocol::secret::ClientSecret;
use safire_protocol::secret::RegistrationAccessToken;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::ENDPOINT;
use super::NOW;

fn asked() -> Arc<Map<String, Value>> {
    Arc::new(ClientMetadata::new().client_name("Sample").to_json())
}

fn answer(to: AnswerTo, body: &Value) -> Answer {
    let json = Some("application/json".to_owned());
    Answer::new(Some(200), json, body.to_string().into_bytes(), NOW).to(to)
}

fn first() -> Answers {
    let body = json!({"client_id": "c1", "client_id_issued_at": 1, "client_secret": "s1",
        "client_secret_expires_at": 0, "registration_access_token": "t1",
        "registration_client_uri": "https://auth.example.org/c1", "client_name": "Sample"});
    Answers::new([answer(AnswerTo::Registration, &body)])
}

fn add(answers: &mut Answers, to: AnswerTo, body: &Value) {
    answers.add(&asked(), answer(to, body));
}

fn read(answers: &Answers) -> Registration {
    answers.read(ENDPOINT, asked()).unwrap()
}

/// Secret, superseded secret, token, superseded token.
fn credentials(answers: &Answers) -> [Option<String>; 4] {
    let registration = read(answers);
    let secret = |secret: Option<&ClientSecret>| secret.map(|s| s.expose_secret().to_owned());
    let token = |token: Option<&RegistrationAccessToken>| token.map(|t| t.expose_secret().to_owned());
    [
        secret(registration.client_secret()),
        secret(registration.superseded_secret()),
        token(registration.registration_access_token()),
        token(registration.superseded_token()),
    ]
}

fn some(texts: [&str; 4]) -> [Option<String>; 4] {
    texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn kept(answers: &Answers) -> usize {
    answers.clone().into_parts().0.len() + 1
}

#[test]
fn a_secret_that_is_shown_once_survives_a_hundred_updates() {
    let mut answers = first();
    for number in 0..100 {
        let token = format!("t{}", number + 2);
        answers.mark_token(&RegistrationAccessToken::new(format!("t{}", number + 1)), Trial::Works);
        let body = json!({"client_id": "c1", "registration_access_token": token, "client_name": "Sample"});
        add(&mut answers, AnswerTo::Update, &body);
        let now = credentials(&answers);
        assert_eq!(now, some(["s1", "", &token, &format!("t{}", number + 1)]));
        assert!(kept(&answers) <= 3, "{} answers are kept", kept(&answers));
    }
    assert_eq!(read(&answers).registration_client_uri(), Some("https://auth.example.org/c1"));
    assert_eq!(read(&answers).answer().to, AnswerTo::Update);
}

#[test]
fn an_answer_that_shows_everything_stands_alone_once_its_credentials_work() {
    let mut answers = first();
    let body = json!({"client_id": "c1", "client_id_issued_at": 1, "client_secret": "s2",
        "client_secret_expires_at": 0, "registration_access_token": "t2",
        "registration_client_uri": "https://auth.example.org/c1", "client_name": "Sample"});
    add(&mut answers, AnswerTo::Update, &body);
    assert_eq!(credentials(&answers), some(["s2", "s1", "t2", "t1"]));
    assert_eq!(kept(&answers), 2);
    answers.mark_token(&RegistrationAccessToken::new("t2"), Trial::Works);
    answers.mark_secret(&ClientSecret::new("s2"), Trial::Works);
    add(&mut answers, AnswerTo::Read, &body);
    assert_eq!(credentials(&answers), some(["s2", "", "t2", ""]));
    assert_eq!(kept(&answers), 1);
}

#[test]
fn a_hash_in_place_of_the_token_is_found_out_once() {
    let mut answers = first();
    let body = json!({"client_id": "c1", "registration_access_token": "hash-of-t1"});
    add(&mut answers, AnswerTo::Read, &body);
    assert_eq!(credentials(&answers), some(["s1", "", "hash-of-t1", "t1"]));

    // The server takes the old one: what it showed was not a token.
    answers.mark_token(&RegistrationAccessToken::new("hash-of-t1"), Trial::Refused);
    answers.mark_token(&RegistrationAccessToken::new("t1"), Trial::Works);
    for _ in 0..3 {
        add(&mut answers, AnswerTo::Read, &body);
        assert_eq!(credentials(&answers), some(["s1", "", "t1", ""]));
        assert_eq!(kept(&answers), 2);
    }
    let told: Vec<&str> = read(&answers).deviations().iter().map(|deviation| deviation.code).collect();
    assert!(told.contains(&"credential-masked"), "{told:?}");
}

#[test]
fn a_hash_in_place_of_the_secret_gives_way_to_the_secret() {
    let mut answers = first();
    add(&mut answers, AnswerTo::Read, &json!({"client_id": "c1", "client_secret": "hash-of-s1"}));
    assert_eq!(credentials(&answers), some(["hash-of-s1", "s1", "t1", ""]));
    answers.mark_secret(&ClientSecret::new("hash-of-s1"), Trial::Refused);
    assert_eq!(credentials(&answers), some(["s1", "", "t1", ""]));
}

#[test]
fn the_digits_of_a_numeric_secret_survive() {
    let number = "12345678901234567890123456789";
    let body = format!(r#"{{"client_id":"c1","client_secret":{number},"client_secret_expires_at":0}}"#);
    let mut answers =
        Answers::new([Answer::new(Some(201), None, body.into_bytes(), NOW).to(AnswerTo::Registration)]);
    add(&mut answers, AnswerTo::Read, &json!({"client_id": "c1"}));
    assert_eq!(credentials(&answers)[0].as_deref(), Some(number));
}

#[test]
fn what_the_first_answer_lacked_a_later_one_may_bring() {
    let mut answers = Answers::new([answer(AnswerTo::Registration, &json!({"client_id": "c1"}))]);
    let body = json!({"client_id": "c1", "client_secret": "s1", "client_secret_expires_at": 0});
    add(&mut answers, AnswerTo::Update, &body);
    assert_eq!(credentials(&answers), some(["s1", "", "", ""]));
    assert_eq!(kept(&answers), 1);
}

#[test]
fn no_answer_is_no_registration() {
    let error = Answers::default().read(ENDPOINT, asked()).unwrap_err();
    assert!(error.to_string().contains(ENDPOINT), "{error}");
}
