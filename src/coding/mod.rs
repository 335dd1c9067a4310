//! Codings: one code applied to one passage by one coder.

pub mod filter;

pub use filter::Filter;
