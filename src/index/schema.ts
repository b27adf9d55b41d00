// The tables of the index and the numbers that say whether a file is one of ours and of this version.

/** "MVLT": tells our file from any other SQLite database. */
export const APPLICATION_ID = 0x4d564c54;

/** Raised with every change of the tables or of what is put into them: an index of another version is made anew, never migrated. */
export const SCHEMA_VERSION = 4;

/** The columns of the table `words`, in order, with their weights in bm25. */
export const WORD_COLUMNS = [
  ['title', 3],
  ['narrative', 1.5],
  ['facts', 1],
  ['tags', 1],
  ['files', 1],
  ['parts', 0.5],
] as const;

export const SCHEMA = `
  -- Every folder with memory files, or with faults. The marks are sums over its files and its faults ("folder-mark.ts"): a look at
  -- the file system that gives the same sums found nothing new.
  CREATE TABLE folders (
    key INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    path TEXT NOT NULL,
    files INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    fault_mark INTEGER NOT NULL,
    UNIQUE (place, path)
  ) STRICT;

  -- Every file that was seen, also those that hold no memory. "stamp" tells whether it changed since it was read, NULL that it must
  -- be read again; "memory" is the id that the file claims.
  CREATE TABLE sources (
    folder INTEGER NOT NULL,
    name TEXT NOT NULL,
    stamp INTEGER,
    memory TEXT,
    hash TEXT,
    PRIMARY KEY (folder, name)
  ) STRICT, WITHOUT ROWID;

  -- The ids that more than one file of the vault claims.
  CREATE TABLE duplicates (
    memory TEXT PRIMARY KEY
  ) STRICT, WITHOUT ROWID;

  -- One row per id, taken from the file that counts. "hidden": a tombstone, or deleted by one.
  CREATE TABLE memories (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT,
    title TEXT NOT NULL,
    created TEXT NOT NULL,
    session TEXT,
    branch TEXT,
    commit_id TEXT,
    files TEXT NOT NULL,
    tags TEXT NOT NULL,
    supersedes TEXT NOT NULL,
    deletes TEXT NOT NULL,
    superseded_by TEXT,
    hidden INTEGER NOT NULL
  ) STRICT;

  -- Apart from the rows, so that lists and filters do not drag the texts through the cache.
  CREATE TABLE bodies (
    key INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE memory_tags (
    tag TEXT NOT NULL,
    key INTEGER NOT NULL,
    PRIMARY KEY (tag, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE memory_files (
    path TEXT NOT NULL,
    key INTEGER NOT NULL,
    PRIMARY KEY (path, key)
  ) STRICT, WITHOUT ROWID;

  -- "source" supersedes or deletes "target"; the target need not be there.
  CREATE TABLE relations (
    target TEXT NOT NULL,
    relation TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (target, relation, source)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX relations_source ON relations (source);

  CREATE TABLE diagnostics (
    place TEXT NOT NULL,
    path TEXT NOT NULL,
    reported_path TEXT NOT NULL,
    line INTEGER,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    mend TEXT
  ) STRICT;
  CREATE INDEX diagnostics_file ON diagnostics (place, path);

  -- What was learned of the words, one row at most: see topics/learn-topics.ts.
  CREATE TABLE topics (
    memories INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    stems TEXT NOT NULL,
    places BLOB NOT NULL,
    rarities BLOB NOT NULL,
    vectors BLOB NOT NULL
  ) STRICT;

  -- Only the words: the texts lie in "memories" and "bodies". Holds visible memories only, by their key. Not
  -- "contentless_delete": that leaves deleted rows in the averages of bm25, and an index would rank by its history.
  CREATE VIRTUAL TABLE words USING fts5 (
    ${WORD_COLUMNS.map(([name]) => name).join(', ')},
    content = '', tokenize = 'porter unicode61 remove_diacritics 2'
  );

  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Made when the rows of a new index are in: sorting once is faster than keeping order at every row. */
export const INDEXES = [
  'CREATE INDEX sources_memory ON sources (memory) WHERE memory IS NOT NULL',
  'CREATE INDEX sources_unsettled ON sources (folder, name) WHERE stamp IS NULL',
  'CREATE UNIQUE INDEX memories_id ON memories (id)',
  'CREATE INDEX memories_created ON memories (created, id) WHERE hidden = 0',
  'CREATE INDEX memories_kind ON memories (kind) WHERE hidden = 0',
  'CREATE INDEX memories_type ON memories (type, created) WHERE hidden = 0',
  'CREATE INDEX memories_session ON memories (session) WHERE session IS NOT NULL',
  'CREATE INDEX memories_superseded ON memories (key) WHERE superseded_by IS NOT NULL',
] as const;

/** Every table that must be there when the file is opened. */
export const TABLES = [
  'folders',
  'sources',
  'duplicates',
  'memories',
  'bodies',
  'memory_tags',
  'memory_files',
  'relations',
  'diagnostics',
  'topics',
  'words',
] as const;
