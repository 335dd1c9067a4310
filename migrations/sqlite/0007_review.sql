CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('coding', 'passage', 'document', 'code')),
    subject_id BIGINT NOT NULL,              -- a passage's is its document
    document_id BIGINT REFERENCES documents (id) ON DELETE CASCADE,
    start_pos BIGINT,
    end_pos BIGINT,
    reply_to BIGINT REFERENCES comments (id),
    author_id BIGINT NOT NULL REFERENCES users (id),
    text TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX comments_subject ON comments (subject_kind, subject_id);
CREATE INDEX comments_document ON comments (document_id);
CREATE INDEX comments_project ON comments (project_id, id);
