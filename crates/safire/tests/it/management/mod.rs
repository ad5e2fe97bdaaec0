//! A registration is managed: by a server that rotates, hides, refuses and dies.

mod delete;
mod doubt;
mod key_rotation;
mod lifecycle;
mod re_register;
mod read;
mod setting;
mod shown_secrets;
mod update;
