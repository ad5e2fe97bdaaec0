//! A registration is managed: by a server that rotates, hides, refuses and dies.

mod delete;
mod doubt;
mod key_rotation;
mod lifecycle;
mod no_secret_shows;
mod re_register;
mod read;
mod setting;
mod shown_secrets;
mod update;
