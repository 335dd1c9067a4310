CREATE TABLE codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guid BLOB NOT NULL UNIQUE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    parent_id BIGINT REFERENCES codes (id),
    position BIGINT NOT NULL DEFAULT 0,      -- among its siblings
    name TEXT NOT NULL,
    color BIGINT NOT NULL DEFAULT 1,         -- 1 to 12, of the palette
    description TEXT NOT NULL DEFAULT '',
    use_when TEXT NOT NULL DEFAULT '',
    do_not_use_when TEXT NOT NULL DEFAULT '',
    examples TEXT NOT NULL DEFAULT '[]',     -- JSON array of texts
    is_codable BOOLEAN NOT NULL DEFAULT TRUE,
    scale TEXT,                              -- JSON {min, max, step, labels}
    version BIGINT NOT NULL DEFAULT 1,
    retired_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT                        -- deleted or merged away: undo brings it back
);
CREATE INDEX codes_project ON codes (project_id, deleted_at);

CREATE TABLE codebook_versions (
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    codes TEXT NOT NULL,                     -- JSON: the whole tree as it was published
    published_by BIGINT NOT NULL REFERENCES users (id),
    published_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, number)
);
