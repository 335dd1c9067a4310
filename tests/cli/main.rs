//! The program as whoever runs it meets it: exit codes, what it prints, and that it keeps data safe.

mod backup;
mod commands;
mod demo;
mod people;
mod support;
