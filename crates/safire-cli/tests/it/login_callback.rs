//! Who comes to the redirect URI: the right callback once, and anybody else in between.

use std::net::TcpStream;

use crate::browser::Waiting;
use crate::browser::get;
use crate::browser::send;
use crate::browser::send_on;
use crate::harness::Home;
use crate::login::client;
use crate::login::server;

#[test]
fn the_code_stays_in_no_history_and_the_last_page_says_who_is_where() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id]);
    let seen = login.come_back(&[("code", "the-code-4711")]);
    assert_eq!((seen.status, seen.body.as_str()), (303, ""));
    assert!(seen.headers.contains("location: /done"), "{seen:?}");
    let page = login.last_page();
    assert_eq!(page.status, 200);
    for (what, headers) in [("callback", &seen.headers), ("page", &page.headers)] {
        for header in [
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'",
            "x-frame-options: deny",
            "x-content-type-options: nosniff",
        ] {
            assert!(headers.contains(header), "{what} lacks {header}: {headers}");
        }
    }
    assert!(page.body.contains("Logged in") && page.body.contains(&script.base()), "{page:?}");
    assert!(page.body.contains("close this page") && page.body.contains(">app<"), "{page:?}");
    let state = login.asked("state").unwrap();
    for secret in ["the-code-4711", "access-token", "refresh-token", &state] {
        assert!(!page.body.contains(secret), "{secret}: {page:?}");
    }
    assert_eq!(login.end().code, Some(0));
}

#[test]
fn others_may_knock_and_the_wait_goes_on() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    let state = login.asked("state").unwrap();
    for parameters in [
        &[("code", "a"), ("state", "of-another-login-0123456789")] as &[(&str, &str)],
        &[("code", "a")],
        &[("error", "access_denied")],
        &[("code", "a"), ("code", "b"), ("state", &state)],
        &[],
    ] {
        let seen = login.come_with(parameters);
        assert_eq!(seen.status, 400, "{parameters:?}: {seen:?}");
        assert!(seen.body.contains("still waits"), "{seen:?}");
    }
    let redirect = login.redirect();
    for (path, method, host, status) in [
        ("/favicon.ico", "GET", "127.0.0.1", 404),
        ("/callback/", "GET", "127.0.0.1", 404),
        ("/done", "GET", "127.0.0.1", 404),
        ("//callback", "GET", "127.0.0.1", 404),
        ("/callback", "POST", "127.0.0.1", 405),
        ("/callback", "HEAD", "127.0.0.1", 405),
        (&*format!("/callback?code=x&state={state}"), "GET", "rebound.example", 404),
    ] {
        let seen = send(&redirect, &format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(seen.status, status, "{method} {path} {host}: {seen:?}");
    }
    assert_eq!(send(&redirect, "nonsense\r\n\r\n").status, 400);
    assert_eq!(send(&redirect, &"x".repeat(33 * 1024)).status, 431);
    assert_eq!(script.posts(), 0, "none of that asked for a token");
    let run = login.log_in();
    run.json();
    assert_eq!(run.stderr.matches("still waits").count(), 5, "{run:?}");
    assert_eq!(script.posts(), 1);
}

#[test]
fn connections_that_say_nothing_do_not_stand_in_the_way() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    let at = format!("127.0.0.1:{}", login.redirect().port().unwrap());
    let silent: Vec<_> = (0..20).map(|_| TcpStream::connect(&at).unwrap()).collect();
    login.log_in().json();
    drop(silent);
}

#[test]
fn the_last_page_may_be_asked_for_on_an_older_connection() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    let opened_early = TcpStream::connect(format!("127.0.0.1:{}", login.redirect().port().unwrap())).unwrap();
    assert_eq!(login.come_back(&[("code", "the-code-4711")]).status, 303);
    let page = send_on(opened_early, "GET /done HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assert!(page.body.contains("Logged in"), "{page:?}");
    login.end().json();
}

#[test]
fn a_reloaded_callback_leads_to_the_last_page() {
    let (script, home) = (server(), Home::new());
    let id = client(&home, &script.base(), "http://127.0.0.1/callback");
    let login = Waiting::start(&home, &[&id, "--json"]);
    for _ in 0..2 {
        assert_eq!(login.come_back(&[("code", "the-code-4711")]).status, 303);
    }
    let mut done = login.redirect();
    done.set_path("/done");
    assert_eq!(get(&done).status, 200);
    login.end().json();
    assert_eq!(script.posts(), 1);
}
