//! The listener to which the browser comes back.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use safire::Error;
use safire::protocol::authorize::Callback;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::head::Head;
use super::head::HeadError;
use super::head::HostField;
use super::page::Page;
use super::reply::Reply;
use crate::failure::Failure;
use crate::plan::LoopbackRedirect;

/// Browsers open connections that they may need later; so many may wait without having asked anything.
const MOST_CONNECTIONS: usize = 32;
/// A browser sends its request at once.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the last page waits for the browser to fetch it.
const GRACE: Duration = Duration::from_secs(3);

/// The listener to which the browser comes back: on loopback, for one path.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    /// A browser may ask for the last page on a connection that it opened long before.
    visitors: Visitors,
    path: String,
    redirect_uri: String,
}

type Visitors = JoinSet<Option<(TcpStream, Result<Head, HeadError>)>>;

/// A listener, and whether its redirect URI is the registered one letter by letter.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) listener: Listener,
    /// Why another port than the registered one is used.
    pub(crate) moved: Option<String>,
}

impl Listener {
    /// Listens at the first registered redirect URI whose port is free; else at any port of the first.
    pub(crate) async fn bind(redirects: &[LoopbackRedirect], port: Option<u16>) -> Result<Bound, Failure> {
        if let Some(port) = port {
            let exact = redirects.iter().find(|redirect| redirect.port() == Some(port));
            let Some(redirect) = exact.or_else(|| redirects.first()) else {
                return Err(no_port("no redirect URI"));
            };
            let listener = Self::at(redirect, port).await;
            let listener = listener.map_err(|cause| no_port(&format!("port {port}: {cause}")))?;
            return Ok(Bound { listener, moved: None });
        }
        let mut moved = None;
        for redirect in redirects {
            match Self::at(redirect, redirect.port().unwrap_or(0)).await {
                Ok(listener) => return Ok(Bound { listener, moved: None }),
                Err(cause) => {
                    moved
                        .get_or_insert_with(|| format!("{} cannot be used ({cause})", redirect.registered()));
                }
            }
        }
        let Some(redirect) = redirects.first() else { return Err(no_port("no redirect URI")) };
        let listener = Self::at(redirect, 0).await.map_err(|cause| no_port(&cause.to_string()))?;
        Ok(Bound { listener, moved })
    }

    async fn at(redirect: &LoopbackRedirect, port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind(SocketAddr::new(redirect.address(), port)).await?;
        let port = socket.local_addr()?.port();
        Ok(Self {
            socket,
            visitors: JoinSet::new(),
            path: redirect.path().to_owned(),
            redirect_uri: redirect.with_port(port),
        })
    }

    /// The redirect URI with the port that is listened at.
    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Waits for the callback that `judge` takes, and sends its browser on to the last page. Every other visitor gets a
    /// page of its own, and the wait goes on: anybody on this machine may knock.
    pub(crate) async fn callback(
        &mut self,
        judge: impl Fn(Callback) -> Result<Callback, Error>,
        mut tell: impl FnMut(Error),
    ) -> Callback {
        let (path, last_path) = (&self.path, self.last_path());
        serve(&self.socket, &mut self.visitors, |head| {
            if head.path != *path {
                return (Reply::Page(not_found()), None);
            }
            if head.method != "GET" {
                return (Reply::Page(not_allowed()), None);
            }
            match Callback::from_query(&head.query).map_err(Error::from).and_then(&judge) {
                Ok(callback) => (Reply::Elsewhere(last_path), Some(callback)),
                Err(error) => {
                    let page = stray_page(&error);
                    tell(error);
                    (Reply::Page(page), None)
                }
            }
        })
        .await
    }

    /// Gives the last page to the browser, which may have asked for it already. One that never does is not waited
    /// for long.
    pub(crate) async fn last_page(&mut self, page: &Page) {
        let (path, last_path) = (&self.path, self.last_path());
        let given = serve(&self.socket, &mut self.visitors, |head| {
            if head.method == "GET" && head.path == last_path {
                (Reply::Page(page.clone()), Some(()))
            } else if head.method == "GET" && head.path == *path {
                (Reply::Elsewhere(last_path), None)
            } else {
                (Reply::Page(not_found()), None)
            }
        });
        let _ = tokio::time::timeout(GRACE, given).await;
    }

    /// Where the last page is: a path that says nothing.
    fn last_path(&self) -> &'static str {
        if self.path == "/done" { "/finished" } else { "/done" }
    }
}

/// Answers each request as `decide` says, until it gives a value.
async fn serve<T>(
    socket: &TcpListener,
    visitors: &mut Visitors,
    mut decide: impl FnMut(&Head) -> (Reply, Option<T>),
) -> T {
    loop {
        tokio::select! {
            accepted = socket.accept(), if visitors.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    visitors.spawn(within_patience(read(stream)));
                }
                // Such as too many open files: one that is closed makes room.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(visitor) = visitors.join_next() => {
                let Ok(Some((mut stream, head))) = visitor else { continue };
                let (reply, value) = match head {
                    Ok(head) if head.host == HostField::Loopback => decide(&head),
                    Ok(_) => (Reply::Page(not_found()), None),
                    Err(HeadError::TooLong) => (Reply::Page(too_long()), None),
                    Err(HeadError::Malformed) => (Reply::Page(Page::bad("Not understood")), None),
                    Err(HeadError::Gone) => continue,
                };
                let _ = tokio::time::timeout(PATIENCE, reply.write(&mut stream)).await;
                if let Some(value) = value {
                    return value;
                }
            }
        }
    }
}

async fn read(mut stream: TcpStream) -> (TcpStream, Result<Head, HeadError>) {
    let head = Head::read(&mut stream).await;
    (stream, head)
}

fn within_patience<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Pin<Box<dyn Future<Output = Option<T>> + Send>> {
    Box::pin(async { tokio::time::timeout(PATIENCE, work).await.ok() })
}

fn stray_page(error: &Error) -> Page {
    Page::bad("This is not the answer that is waited for")
        .paragraph(format!("{error}."))
        .paragraph("The login in the terminal still waits. Finish it in the page that it opened.")
}

fn not_found() -> Page {
    Page::with_status(404, "Nothing is here")
}

fn not_allowed() -> Page {
    Page::with_status(405, "Only GET is answered here")
}

fn too_long() -> Page {
    Page::with_status(431, "Too long")
}

fn no_port(cause: &str) -> Failure {
    Failure::Usage {
        code: "port-unavailable",
        message: format!("there is no port to listen at on loopback: {cause}"),
        hint: Some("choose another port with `--port`, or leave it out".to_owned()),
    }
}
