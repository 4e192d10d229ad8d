/**
 * Tables of the return-rate ledger (回流率账) in the municipal database. They are written in the
 * same transaction as the rows they count, so that the account and the data cannot disagree.
 */
export const ledgerSchema: readonly string[] = [
  `create table feed.edition (edition INTEGER PRIMARY KEY, kind VARCHAR, batch INTEGER, repair_id INTEGER)`,
  `create table feed.dataset (batch INTEGER, dataset VARCHAR, mode VARCHAR, state VARCHAR,
     gate VARCHAR, code VARCHAR, reason VARCHAR, declared BIGINT, landed BIGINT, accepted BIGINT,
     quarantined BIGINT, issues BIGINT, added BIGINT, changed BIGINT, unchanged BIGINT, closed BIGINT,
     unknown_columns VARCHAR[], absent_columns VARCHAR[], PRIMARY KEY (batch, dataset))`,
  `create table feed.ledger (batch INTEGER, dataset VARCHAR, agency VARCHAR, landed BIGINT,
     accepted BIGINT, quarantined BIGINT, issues BIGINT, persons BIGINT)`,
  `create table feed.ledger_sum (batch INTEGER, dataset VARCHAR, agency VARCHAR, column_name VARCHAR,
     total_fen HUGEINT)`,
  `create table feed.quarantine_row (batch INTEGER, dataset VARCHAR, line BIGINT, raw VARCHAR[],
     record_key VARCHAR, agency VARCHAR, state VARCHAR, closed_edition INTEGER)`,
  `create table feed.quarantine (batch INTEGER, dataset VARCHAR, line BIGINT, label VARCHAR,
     code VARCHAR, raw_value VARCHAR)`,
  `create table feed.repaired (repair_id INTEGER, batch INTEGER, dataset VARCHAR, line BIGINT,
     edition INTEGER, carried BOOLEAN)`,
  `create table feed.issue (batch INTEGER, dataset VARCHAR, line BIGINT, label VARCHAR,
     code VARCHAR, raw_value VARCHAR)`,
];

/** Tables that hold one package's account; a package that is read again replaces its own rows. */
export const ACCOUNT_TABLES = [
  'dataset',
  'ledger',
  'ledger_sum',
  'quarantine_row',
  'quarantine',
  'issue',
] as const;
