-- Rounds come first: a coding may belong to one, and who sees what depends on them.
CREATE TABLE rounds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'coding', 'closed', 'revealed')),
    blind BOOLEAN NOT NULL DEFAULT FALSE,
    codebook_version BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE round_documents (
    round_id BIGINT NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (round_id, document_id)
);
CREATE INDEX round_documents_document ON round_documents (document_id);
CREATE TABLE round_coders (
    round_id BIGINT NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    PRIMARY KEY (round_id, user_id)
);

CREATE TABLE codings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,                -- of the document's text
    code_id BIGINT NOT NULL REFERENCES codes (id),
    coder_id BIGINT NOT NULL REFERENCES users (id),
    layer TEXT NOT NULL DEFAULT 'coder' CHECK (layer IN ('coder', 'consensus')),
    start_pos BIGINT NOT NULL,               -- code points, half-open
    end_pos BIGINT NOT NULL,
    quote TEXT NOT NULL,
    before TEXT NOT NULL,                    -- 32 code points either side
    after TEXT NOT NULL,
    memo TEXT,
    weight DOUBLE PRECISION,
    codebook_version BIGINT NOT NULL DEFAULT 0,
    round_id BIGINT REFERENCES rounds (id),
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (start_pos >= 0 AND end_pos > start_pos)
);
CREATE INDEX codings_document ON codings (document_id, start_pos);
-- Holds what the rule of overlapping own codings looks at, so that a save need not read a whole document's codings.
CREATE INDEX codings_own ON codings (document_id, coder_id, code_id, start_pos, end_pos);
CREATE INDEX codings_project ON codings (project_id, document_id, start_pos);
CREATE INDEX codings_code ON codings (code_id);

-- What adjudication decided, and which codings each decision looked at.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    document_id BIGINT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    code_id BIGINT NOT NULL REFERENCES codes (id),
    start_pos BIGINT NOT NULL,
    end_pos BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accept', 'reject')),
    coding_id BIGINT,                        -- of the consensus layer, when accepted
    reason TEXT NOT NULL DEFAULT '',
    decided_by BIGINT NOT NULL REFERENCES users (id),
    decided_at BIGINT NOT NULL
);
CREATE INDEX decisions_document ON decisions (document_id);
CREATE TABLE decision_sources (
    decision_id BIGINT NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
    coding_id BIGINT NOT NULL,               -- no foreign key: the record outlives the coding
    PRIMARY KEY (decision_id, coding_id)
);
