//! Codings: one code applied to one passage by one coder.

pub mod filter;
pub mod span_store;
pub mod unit_store;

pub use filter::Filter;
