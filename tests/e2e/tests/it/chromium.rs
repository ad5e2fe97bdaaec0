//! The harness itself, at two small pages: what it does there is what a person would.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::thread;

use safire_e2e::Chromium;
use safire_e2e::Key;

const FORM: &str = r#"<!DOCTYPE html><title>Form</title><h1>Who is there?</h1>
    <form action="/greeting"><input id="name" name="name" aria-label="Name"><button>Go</button></form>
    <script>document.querySelector("form").addEventListener("submit", (event) => {
        event.preventDefault();
        const name = document.getElementById("name").value;
        setTimeout(() => location.assign("/greeting?name=" + encodeURIComponent(name)), 150);
    });</script>"#;
/// Its text comes later, and only by a script.
const GREETING: &str = r#"<!DOCTYPE html><title>Greeting</title><a href="/">Back</a><script>setTimeout(() => {
        const name = new URLSearchParams(location.search).get("name");
        document.body.insertAdjacentHTML("beforeend", "<p id=greeting></p>");
        document.getElementById("greeting").textContent = "Hello " + name;
    }, 150);</script>"#;

/// Serves the pages for as long as the test lives.
pub(crate) fn pages() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap())));
    format!("http://{address}")
}

/// A browser may open a connection and say nothing, so each has its own thread.
fn answer(mut stream: TcpStream) {
    thread::spawn(move || {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let Some(request) = lines.next() else { return };
        let body = if request.starts_with("GET /greeting") { GREETING } else { FORM };
        lines.take_while(|line| !line.is_empty()).for_each(drop);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    });
}

#[tokio::test]
async fn a_page_is_used_by_mouse() {
    let Some(chromium) = Chromium::start().await.unwrap() else { return };
    let base = pages();
    chromium.go_to(&base).await.unwrap();
    assert_eq!(chromium.text_of("h1").await.unwrap(), "Who is there?");
    let before = chromium.history_length().await.unwrap();

    chromium.type_into("#name", "Ada & Bob").await.unwrap();
    chromium.click("button").await.unwrap();
    let url = chromium.wait_for_url(&format!("{base}/greeting")).await.unwrap();
    assert!(url.ends_with("?name=Ada%20%26%20Bob"), "{url}");
    assert_eq!(chromium.text_of("#greeting").await.unwrap(), "Hello Ada & Bob");
    assert_eq!(chromium.history_length().await.unwrap(), before + 1);

    chromium.go_back().await.unwrap();
    chromium.wait_for("h1").await.unwrap();
    assert_eq!(chromium.url().await.unwrap(), format!("{base}/"));
}

#[tokio::test]
async fn a_page_is_used_by_keyboard_alone() {
    let Some(chromium) = Chromium::start().await.unwrap() else { return };
    let base = pages();
    chromium.go_to(&base).await.unwrap();
    chromium.press(Key::Tab).await.unwrap();
    assert_eq!(chromium.evaluate("return document.activeElement.id").await.unwrap(), "name");
    chromium.type_text("Zoë").await.unwrap();
    chromium.press(Key::Tab).await.unwrap();
    assert_eq!(chromium.evaluate("return document.activeElement.tagName").await.unwrap(), "BUTTON");
    chromium.press(Key::ShiftTab).await.unwrap();
    assert_eq!(chromium.evaluate("return document.activeElement.value").await.unwrap(), "Zoë");
    chromium.press(Key::Enter).await.unwrap();
    chromium.wait_for_url(&format!("{base}/greeting")).await.unwrap();
    assert_eq!(chromium.text_of("#greeting").await.unwrap(), "Hello Zoë");
}

#[tokio::test]
async fn what_is_seen_is_kept_as_an_image() {
    let Some(chromium) = Chromium::start().await.unwrap() else { return };
    chromium.go_to(&pages()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    chromium.screenshot(&file).await.unwrap();
    let image = fs::read(&file).unwrap();
    assert_eq!(&image[..8], b"\x89PNG\r\n\x1a\n");
    let width = u32::from_be_bytes(image[16..20].try_into().unwrap());
    assert!(width >= 500, "{width}");
}

#[tokio::test]
async fn nothing_outside_is_reached() {
    let Some(chromium) = Chromium::start().await.unwrap() else { return };
    let failure = chromium.go_to("http://example.com/").await.unwrap_err().to_string();
    assert!(failure.contains("ERR_NAME_NOT_RESOLVED"), "{failure}");
}
