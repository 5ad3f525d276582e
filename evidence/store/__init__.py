"""The store: every record, answer, reading and published assessment, in SQLite or PostgreSQL.

Each module owns the statements of its tables. Writers change everything that belongs together in one transaction
and count what changed by RETURNING; `version.dataset_version` moves exactly when something a page shows moves.
"""
