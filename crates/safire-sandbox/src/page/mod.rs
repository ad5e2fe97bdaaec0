//! Pages for a browser, without a script and without anything from elsewhere.

mod html;
mod shell;

pub(crate) use html::Html;
pub(crate) use shell::Target;
pub(crate) use shell::error_page;
pub(crate) use shell::page;
