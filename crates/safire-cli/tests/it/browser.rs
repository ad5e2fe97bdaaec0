//! Plays the person and the browser: reads the page from stderr, and comes back over HTTP.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::process::Child;
use std::process::ChildStderr;
use std::process::Stdio;

use url::Url;

use crate::harness::Home;
use crate::harness::Run;

/// A login that waits for its user.
pub(crate) struct Waiting {
    child: Child,
    stderr: BufReader<ChildStderr>,
    told: String,
    /// Where the browser is sent.
    pub(crate) page: Url,
}

/// What the browser was answered.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) headers: String,
    /// Where it leads, letter by letter.
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Waiting {
    /// Starts `login` without a browser, and waits until it tells the page.
    pub(crate) fn start(home: &Home, args: &[&str]) -> Self {
        Self::of(home, &["login"], args)
    }

    /// The same of another command that logs users in.
    pub(crate) fn of(home: &Home, command: &[&str], args: &[&str]) -> Self {
        let args = [command, args, &["--no-browser", "--allow-insecure-localhost"]].concat();
        let mut child = home.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        let mut page = None;
        while page.is_none() {
            let mut line = String::new();
            if stderr.read_line(&mut line).unwrap() == 0 {
                panic!("no page was told: {told} {:?}", child.wait());
            }
            page = line.strip_prefix("open: ").map(|page| Url::parse(page.trim_end()).unwrap());
            told.push_str(&line);
        }
        Self { child, stderr, told, page: page.unwrap() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A parameter of the authorization request.
    pub(crate) fn asked(&self, name: &str) -> Option<String> {
        let mut found = self.page.query_pairs().filter(|(found, _)| found == name);
        let value = found.next().map(|(_, value)| value.into_owned());
        assert!(found.next().is_none(), "{name} is there twice: {}", self.page);
        value
    }

    pub(crate) fn redirect(&self) -> Url {
        Url::parse(&self.asked("redirect_uri").unwrap()).unwrap()
    }

    /// Comes back with these parameters and the right state.
    pub(crate) fn come_back(&self, parameters: &[(&str, &str)]) -> Seen {
        let state = self.asked("state").unwrap();
        self.come_with(&[parameters, &[("state", &state)]].concat())
    }

    /// Comes back with exactly these parameters.
    pub(crate) fn come_with(&self, parameters: &[(&str, &str)]) -> Seen {
        let mut url = self.redirect();
        url.query_pairs_mut().extend_pairs(parameters);
        get(&url)
    }

    /// What the last page says.
    pub(crate) fn last_page(&self) -> Seen {
        let mut url = self.redirect();
        url.set_path("/done");
        url.set_query(None);
        get(&url)
    }

    /// Comes back with a code, as the browser does that follows the redirect.
    pub(crate) fn log_in(self) -> Run {
        assert_eq!(self.come_back(&[("code", "the-code-4711")]).status, 303);
        self.last_page();
        self.end()
    }

    /// Waits for the command to end.
    pub(crate) fn end(mut self) -> Run {
        self.stderr.read_to_string(&mut self.told).unwrap();
        let mut run: Run = self.child.wait_with_output().unwrap().into();
        run.stderr = self.told;
        run
    }
}

pub(crate) fn get(url: &Url) -> Seen {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    send(url, &format!("GET {}{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", url.path()))
}

/// Sends these bytes to the host of the URL.
pub(crate) fn send(url: &Url, request: &str) -> Seen {
    let host = url.host_str().unwrap().replace("localhost", "127.0.0.1");
    send_on(TcpStream::connect(format!("{host}:{}", url.port().unwrap())).unwrap(), request)
}

/// Sends these bytes on a connection that is there.
pub(crate) fn send_on(mut stream: TcpStream, request: &str) -> Seen {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {answer:?}"));
    let (first, headers) = head.split_once("\r\n").unwrap();
    Seen {
        status: first.split(' ').nth(1).unwrap().parse().unwrap(),
        headers: headers.to_ascii_lowercase(),
        location: headers
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(name, value)| name.eq_ignore_ascii_case("location").then(|| value.to_owned())),
        body: body.to_owned(),
    }
}
