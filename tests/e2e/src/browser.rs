//! A browser and the person before it, as far as a login needs them: cookies, redirects, forms.

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderValue;
use http::Method;
use http::header::CONTENT_TYPE;
use http::header::COOKIE;
use http::header::LOCATION;
use url::Url;
use url::form_urlencoded;

use crate::cookies::CookieJar;
use crate::failure::Failure;
use crate::html::Form;
use crate::html::link;
use crate::http::Http;

/// How many redirects one after the other, and how many pages in one login.
const LIMIT: usize = 20;
/// The link by which a person refuses.
const CANCEL: &str = "Cancel";

/// A browser that stops where the application waits, and tells the address at which it arrived there.
#[derive(Debug)]
pub struct Browser {
    http: Http,
    cookies: CookieJar,
    redirect_uri: String,
}

/// Where the browser is after a step.
#[derive(Debug)]
pub enum Arrival {
    /// On a page of the server.
    Page(Page),
    /// At the application's redirect URI, with all that the server added.
    Application(Url),
}

/// A page that the server shows.
#[derive(Debug)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// The status of the answer.
    pub status: u16,
    /// Its text.
    pub html: String,
}

/// Who logs in.
#[derive(Debug, Clone)]
pub struct Person {
    name: String,
    consent: Consent,
}

/// What a person answers when they are asked for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The application gets what it asks for.
    Given,
    /// It gets nothing.
    Refused,
}

impl Person {
    /// A person of this login name, who gives consent.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), consent: Consent::Given }
    }

    /// The same, who gives none.
    #[must_use]
    pub fn who_refuses(self) -> Self {
        Self { consent: Consent::Refused, ..self }
    }
}

impl Browser {
    /// A fresh browser; the application waits at `redirect_uri`.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self { http: Http::new(), cookies: CookieJar::default(), redirect_uri: redirect_uri.into() }
    }

    /// Goes through a whole login, from the authorization request back to the application.
    ///
    /// # Errors
    ///
    /// A page comes that the person can do nothing with.
    pub async fn log_in(&mut self, request: &Url, person: &Person) -> Result<Url, Failure> {
        let mut arrival = self.open(request).await?;
        for _ in 0..LIMIT {
            arrival = match arrival {
                Arrival::Application(url) => return Ok(url),
                Arrival::Page(page) => self.act(&page, person).await?,
            };
        }
        Err(Failure::new(format!("the login at {request} does not end after {LIMIT} pages")))
    }

    /// Opens an address and follows where it leads.
    ///
    /// # Errors
    ///
    /// The server does not answer, or redirects without end.
    pub async fn open(&mut self, url: &Url) -> Result<Arrival, Failure> {
        self.follow(Method::GET, url.clone(), Bytes::new()).await
    }

    /// What the person does on a page: says who they are, then gives consent or not.
    async fn act(&mut self, page: &Page, person: &Person) -> Result<Arrival, Failure> {
        let stuck = |what: &str| Failure::new(format!("{what} on the page {}:\n{}", page.url, page.html));
        let mut form = Form::first(&page.html).ok_or_else(|| stuck("there is no form"))?;
        if form.has("password") {
            form.fill("text", &person.name);
            form.fill("password", "any");
        } else if person.consent == Consent::Refused {
            let target = link(&page.html, CANCEL).ok_or_else(|| stuck("nobody can refuse"))?;
            return self.open(&resolved(&page.url, &target)?).await;
        }
        if form.method != "post" {
            return Err(stuck("the form is not posted"));
        }
        let fields = form.fields.iter().map(|field| (&field.name, &field.value));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.follow(Method::POST, resolved(&page.url, &form.action)?, body.into()).await
    }

    async fn follow(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut body: Bytes,
    ) -> Result<Arrival, Failure> {
        for _ in 0..LIMIT {
            let mut headers = HeaderMap::new();
            headers.extend(self.cookies.header(url.path()).map(|value| (COOKIE, value)));
            if method == Method::POST {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            }
            let answer = self.http.send(method.clone(), url.as_str(), headers, body.clone()).await?;
            self.cookies.take(answer.headers(), url.path());
            let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let Some(location) = location.filter(|_| answer.status().is_redirection()) else {
                let html = String::from_utf8_lossy(answer.body()).into_owned();
                return Ok(Arrival::Page(Page { url, status: answer.status().as_u16(), html }));
            };
            url = resolved(&url, location)?;
            if self.is_at_application(&url) {
                return Ok(Arrival::Application(url));
            }
            // As browsers do after 302 and 303, which is all that authorization servers send.
            (method, body) = (Method::GET, Bytes::new());
        }
        Err(Failure::new(format!("{url} is the {LIMIT}th redirect in a row")))
    }

    fn is_at_application(&self, url: &Url) -> bool {
        url.as_str()
            .strip_prefix(self.redirect_uri.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&', '#']))
    }
}

/// A reference as it stands on a page or in `Location`, RFC 3986 §5.
fn resolved(base: &Url, reference: &str) -> Result<Url, Failure> {
    let parsed = Url::options().base_url(Some(base)).parse(reference);
    parsed.map_err(|error| Failure::new(format!("{reference} on {base} leads nowhere: {error}")))
}
