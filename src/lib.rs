pub mod agreement;
pub mod text;
pub mod themes;
