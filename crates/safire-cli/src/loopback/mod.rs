//! The way back from a browser: a listener on loopback (RFC 8252 §7.3), its pages, and the browser itself.

mod browser;
mod head;
mod listener;
mod page;
mod reply;

pub(crate) use browser::open_browser;
pub(crate) use listener::Bound;
pub(crate) use listener::Listener;
pub(crate) use page::Page;
