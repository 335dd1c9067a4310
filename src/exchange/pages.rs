//! The downloads page.
