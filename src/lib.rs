pub mod text;
pub mod themes;
