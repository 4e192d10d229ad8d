/**
 * Tables of one prepared log. Events lie in order of case and time, and each already knows the one
 * that follows: every question is then a filter and a group by, without sorting ten million rows.
 */
export function logTables(at: string): string {
  return `
    create schema ${at};
    create table ${at}.activities (id INTEGER, name VARCHAR, code VARCHAR);
    create table ${at}.resources (id INTEGER, name VARCHAR);
    create table ${at}.units (id INTEGER, name VARCHAR);
    create table ${at}.variants (variant INTEGER, key VARCHAR, activities INTEGER[], steps INTEGER, cases BIGINT);
    create table ${at}.cases (
      case_no INTEGER, case_id VARCHAR, agency VARCHAR, matter VARCHAR, channel VARCHAR,
      insurance VARCHAR, person_id VARCHAR, opened_at TIMESTAMP, closed_at TIMESTAMP,
      promised_days INTEGER, due_at TIMESTAMP, result VARCHAR, attributes VARCHAR,
      events INTEGER, first_at TIMESTAMP, last_at TIMESTAMP, duration_us BIGINT, work_s DOUBLE,
      start_activity INTEGER, end_activity INTEGER, variant INTEGER,
      repeats INTEGER, sent_back INTEGER);
    create table ${at}.events (
      case_no INTEGER, pos INTEGER, activity INTEGER, next_activity INTEGER,
      done_at TIMESTAMP, start_at TIMESTAMP, gap_us BIGINT, handle_us BIGINT, wait_us BIGINT,
      work_at DOUBLE, work_gap_s DOUBLE,
      resource INTEGER, next_resource INTEGER, actor INTEGER, unit INTEGER, next_unit INTEGER,
      channel VARCHAR, action VARCHAR, sent_back BOOLEAN, event_id VARCHAR, attributes VARCHAR);
  `;
}
