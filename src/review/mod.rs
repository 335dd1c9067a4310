//! Review: a colleague's codings beside one's own, and what is said about them.

pub mod api;
pub mod compare;
pub mod compare_store;
pub mod pages;
pub mod store;
