-- The event log: append-only, one row per change, written in the change's own transaction.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id BIGINT NOT NULL,              -- no foreign key: the log outlives what it speaks of
    actor_id BIGINT NOT NULL,
    verb TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    document_id BIGINT,                      -- where it happened, for the live feed of one document
    before TEXT,                             -- JSON, NULL for a creation
    after TEXT,                              -- JSON, NULL for a deletion
    batch TEXT NOT NULL,                     -- events of one action share it and are undone together
    undoes TEXT,                             -- the batch that this one undid or redid
    at BIGINT NOT NULL
);
CREATE INDEX events_project ON events (project_id, seq);
CREATE INDEX events_actor ON events (project_id, actor_id, seq);
CREATE INDEX events_subject ON events (subject_kind, subject_id, seq);
CREATE INDEX events_batch ON events (batch);
