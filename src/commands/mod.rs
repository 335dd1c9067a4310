//! What the command line does beside serving.

pub mod backup;
pub mod check;
mod check_store;
