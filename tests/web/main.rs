//! The program over HTTP: each test on a server and a database of its own, on SQLite and on PostgreSQL.

mod harness;
mod study;

<<<<<<< HEAD
mod documents;
=======
mod coding;
>>>>>>> 494d7be (Test every rule of the coding over HTTP, on both databases)
mod ground;
