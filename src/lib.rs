pub mod themes;
