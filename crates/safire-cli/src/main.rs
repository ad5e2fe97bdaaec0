//! The `safire` command.

fn main() {}
