/// The tables of `registry.sqlite`.
///
/// What must never happen is refused by the database itself, whoever asks: versions and log entries are neither
/// deleted nor changed in what they say, numbers only rise, aliases stay and point to versions that can be used.
enum RegistrySchema {
  /// `COHR`: what tells our files from other databases.
  static let applicationIdentifier = 0x434F_4852
  static let version = 1

  static let sql = """
    CREATE TABLE model (
      name TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL,
      next_version INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
    CREATE TABLE version (
      name TEXT NOT NULL REFERENCES model, version INTEGER NOT NULL,
      algorithm TEXT NOT NULL, digest TEXT NOT NULL, model_digest TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('ready', 'quarantined', 'retired')),
      at TEXT NOT NULL, actor TEXT NOT NULL,
      card BLOB NOT NULL, sensitive BLOB NOT NULL, fairness BLOB, signature_key TEXT,
      PRIMARY KEY (name, version), UNIQUE (name, digest)) WITHOUT ROWID;
    CREATE TABLE alias (
      name TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      PRIMARY KEY (name, alias), FOREIGN KEY (name, version) REFERENCES version) WITHOUT ROWID;
    CREATE TABLE log (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, entry BLOB NOT NULL);
    CREATE TABLE quarantine (
      folder TEXT PRIMARY KEY NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;

    CREATE TRIGGER model_stays BEFORE DELETE ON model
      BEGIN SELECT RAISE(ABORT, 'models are kept'); END;
    CREATE TRIGGER numbers_rise BEFORE UPDATE ON model
      WHEN NEW.name <> OLD.name OR NEW.kind <> OLD.kind OR NEW.next_version <= OLD.next_version
      BEGIN SELECT RAISE(ABORT, 'version numbers only rise'); END;
    CREATE TRIGGER version_stays BEFORE DELETE ON version
      BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
    CREATE TRIGGER version_means_the_same
      BEFORE UPDATE OF name, version, algorithm, digest, model_digest, at, actor ON version
      BEGIN SELECT RAISE(ABORT, 'a version always means the same'); END;
    CREATE TRIGGER version_in_use BEFORE UPDATE OF status ON version
      WHEN NEW.status = 'retired'
        AND EXISTS (SELECT 1 FROM alias WHERE name = NEW.name AND version = NEW.version)
      BEGIN SELECT RAISE(ABORT, 'an alias points to the version'); END;
    CREATE TRIGGER alias_stays BEFORE DELETE ON alias
      BEGIN SELECT RAISE(ABORT, 'aliases are kept'); END;
    CREATE TRIGGER alias_keeps_its_name BEFORE UPDATE OF name, alias ON alias
      BEGIN SELECT RAISE(ABORT, 'aliases are kept'); END;
    CREATE TRIGGER alias_begins_ready BEFORE INSERT ON alias
      WHEN NOT EXISTS (SELECT 1 FROM version
        WHERE name = NEW.name AND version = NEW.version AND status = 'ready')
      BEGIN SELECT RAISE(ABORT, 'the version is not ready'); END;
    CREATE TRIGGER alias_moves_to_ready BEFORE UPDATE ON alias
      WHEN NEW.generation <> OLD.generation + 1 OR NOT EXISTS (SELECT 1 FROM version
        WHERE name = NEW.name AND version = NEW.version AND status = 'ready')
      BEGIN SELECT RAISE(ABORT, 'the version is not ready'); END;
    CREATE TRIGGER log_stays BEFORE DELETE ON log
      BEGIN SELECT RAISE(ABORT, 'the log is kept'); END;
    CREATE TRIGGER log_says_the_same BEFORE UPDATE ON log
      BEGIN SELECT RAISE(ABORT, 'the log is kept'); END;
    PRAGMA application_id = \(applicationIdentifier);
    PRAGMA user_version = \(version);
    """
}
