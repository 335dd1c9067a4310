CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    doc_type TEXT NOT NULL,
    date TEXT,                               -- 2015, 2015-09 or 2015-09-30
    language TEXT,                           -- BCP 47
    author TEXT,
    publisher TEXT,
    url TEXT,
    citation TEXT,
    revision BIGINT NOT NULL,                -- of its text
    length BIGINT NOT NULL,                  -- code points
    words BIGINT NOT NULL,
    block_count BIGINT NOT NULL,
    pages BIGINT,
    direction TEXT NOT NULL CHECK (direction IN ('ltr', 'rtl')),
    text_sha256 TEXT NOT NULL,
    format TEXT NOT NULL,
    encoding TEXT,
    warnings TEXT NOT NULL DEFAULT '[]',     -- JSON array of slugs
    original_name TEXT,
    original_media_type TEXT,
    original_sha256 TEXT,
    original_size BIGINT,
    original_key TEXT,                       -- in the file store
    version BIGINT NOT NULL DEFAULT 1,
    created_by BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT                        -- set aside: undo brings it back with its codings
);
CREATE INDEX documents_project ON documents (project_id, deleted_at);
CREATE INDEX documents_original ON documents (project_id, original_sha256);

CREATE TABLE document_texts (
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, revision)
);

-- The text again, in the paragraph-like parts that the workspace loads by window.
CREATE TABLE blocks (
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level BIGINT NOT NULL DEFAULT 0,
    start_pos BIGINT NOT NULL,
    end_pos BIGINT NOT NULL,
    page BIGINT,
    text TEXT NOT NULL,
    PRIMARY KEY (document_id, revision, idx)
);
CREATE INDEX blocks_position ON blocks (document_id, revision, start_pos);

CREATE TABLE cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE TABLE document_cases (
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    case_id BIGINT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    PRIMARY KEY (document_id, case_id)
);
CREATE INDEX document_cases_case ON document_cases (case_id);

CREATE TABLE attributes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'number', 'date', 'boolean')),
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
CREATE TABLE document_attributes (
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    attribute_id BIGINT NOT NULL REFERENCES attributes (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    PRIMARY KEY (document_id, attribute_id)
);

CREATE TABLE assignments (
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    state TEXT NOT NULL CHECK (state IN ('todo', 'in_progress', 'done')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, user_id)
);
CREATE INDEX assignments_user ON assignments (user_id, state);
