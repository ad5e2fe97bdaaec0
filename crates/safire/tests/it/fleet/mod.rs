//! Many servers at once.

mod cleaning;
mod dead_worker;
mod outcomes;
mod pace;
mod paced;
mod sources;
mod sources_hostile;
mod stop_and_resume;
mod support;
mod template;
mod vendors;
