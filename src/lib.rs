//! Concord: collaborative qualitative coding.
//!
//! One room a feature. From the ground up, each importing only from those before it:
//!
//! | room | holds |
//! |---|---|
//! | [`text`] | code points, graphemes, blocks, sentences, direction, search folding; pure |
//! | [`db`], [`error`], [`config`], [`i18n`], [`clock`], [`secrets`] | the ground: storage, errors, settings, words, time |
//! | [`web`] | what every page shares; its `router` alone stands on top and knows the rooms |
//! | [`accounts`] | users, passwords, sessions, tokens |
//! | [`projects`] | projects, members, roles, who sees which codings |
//! | [`activity`] | the event log: audit trail, undo, live feed |
//! | [`documents`] | sources: upload, extraction, metadata, cases, attributes, assignments |
//! | [`review`] | layers side by side, comments |
//! | [`codebook`] | the tree of codes, definitions, merge, versions |
//! | [`agreement`] | agreement between coders: pure statistics and the page that shows them |
//! | [`themes`] | frequencies, trends, crosstabs, co-occurrence, and their charts |
//! | [`exchange`] | downloads: CSV, XLSX, JSON Lines, unit matrices |
//! | [`home`] | a member's work, the project's overview and settings, invitations |
//! | [`instance`] | the running instance: administration and housekeeping |
//! | [`help`] | the help page |
//!
//! In a room, `mod.rs` says what the feature is and holds its rules, `store.rs` its SQL, `pages.rs` its HTML, `api.rs`
//! its JSON.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::dbg_macro
    )
)]

pub mod accounts;
pub mod activity;
pub mod agreement;
pub mod clock;
pub mod codebook;
pub mod coding;
pub mod commands;
pub mod config;
pub mod db;
pub mod demo;
pub mod documents;
pub mod error;
pub mod exchange;
pub mod help;
pub mod home;
pub mod i18n;
pub mod instance;
pub mod projects;
pub mod review;
pub mod secrets;
pub mod text;
pub mod themes;
pub mod web;
