//! The program over HTTP: each test on a server and a database of its own, on SQLite and on PostgreSQL.

mod harness;
mod study;

mod accounts;
mod activity;
mod agreement;
mod codebook;
mod coding;
mod comments;
mod documents;
mod exchange;
mod ground;
mod projects;
mod themes;
