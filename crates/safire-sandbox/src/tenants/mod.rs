//! Many servers in one process, each at a path of its own.

mod control;
mod manner;
mod mix;
mod tenant;
mod world;

pub(crate) use control::answer as control;
pub use manner::MannerInfo;
pub use manner::manners;
pub(crate) use mix::Mix;
pub use tenant::Tenant;
pub(crate) use world::World;
