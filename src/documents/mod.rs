//! Documents: the sources that a team reads and codes.

pub mod extract;
