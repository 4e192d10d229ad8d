import { scopedTable } from '../../security/index.ts';

/**
 * The recovery ledger. Sums are kept by triggers and can neither go below nor beyond what is due:
 * whatever is written, due = received + offset + written off + balance.
 */
export const recoveryTables = `
  create table recovery (
    recovery_id bigint generated always as identity primary key,
    case_id bigint not null references alert_case,
    disposal_id bigint not null unique references alert_disposal,
    agency text not null,
    due_fen bigint not null check (due_fen > 0),
    received_fen bigint not null default 0 check (received_fen >= 0),
    offset_fen bigint not null default 0 check (offset_fen >= 0),
    written_off_fen bigint not null default 0 check (written_off_fen >= 0),
    balance_fen bigint generated always as (due_fen - received_fen - offset_fen - written_off_fen) stored
      check (balance_fen >= 0),
    opened_at timestamptz not null,
    version integer not null default 1
  );
  create index recovery_of on recovery (case_id);
  create index recovery_open on recovery (agency, recovery_id) where balance_fen > 0;
  create function recovery_guard() returns trigger language plpgsql as $$
    declare
      held alert_disposal;
    begin
      if tg_op = 'INSERT' then
        select * into held from alert_disposal where disposal_id = new.disposal_id;
        if held.state is distinct from 'approved' or not held.recovers
          or held.case_id <> new.case_id or held.amount_fen <> new.due_fen then
          raise exception 'a recovery stands on an approved disposal of the same case and amount'
            using errcode = 'check_violation';
        end if;
      elsif (new.due_fen, new.case_id, new.disposal_id, new.agency)
        is distinct from (old.due_fen, old.case_id, old.disposal_id, old.agency) then
        raise exception 'what is due is not rewritten' using errcode = 'check_violation';
      end if;
      return new;
    end
  $$;
  create trigger recovery_guard before insert or update on recovery
    for each row execute function recovery_guard();

  create table recovery_entry (
    entry_id bigint generated always as identity primary key,
    recovery_id bigint not null references recovery,
    agency text not null,
    kind text not null check (kind in ('receipt', 'offset', 'write_off')),
    amount_fen bigint not null check (amount_fen > 0),
    booked_on date not null,
    document text not null check (length(document) > 0),
    voucher text,
    remark text,
    state text not null check (state in ('proposed', 'booked', 'refused', 'voided')),
    entered_by text not null,
    entered_name text not null,
    entered_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    decided_remark text,
    -- Receipt of the fund's books that shows it (基金收款凭证).
    fund_txn text,
    check (decided_by is null or decided_by <> entered_by),
    -- A write-off is booked only by a second person.
    check (kind <> 'write_off' or state <> 'booked' or decided_by is not null),
    check (state not in ('refused', 'voided') or decided_by is not null)
  );
  create index recovery_entry_of on recovery_entry (recovery_id);
  -- The same voucher is not booked twice on one recovery.
  create unique index recovery_entry_voucher on recovery_entry (recovery_id, voucher)
    where voucher is not null and state in ('proposed', 'booked');
  create unique index recovery_entry_txn on recovery_entry (fund_txn)
    where fund_txn is not null and state = 'booked';
  create function recovery_entry_guard() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and (new.recovery_id, new.kind, new.amount_fen, new.booked_on, new.entered_by)
        is distinct from (old.recovery_id, old.kind, old.amount_fen, old.booked_on, old.entered_by) then
        raise exception 'an entry is voided, not rewritten' using errcode = 'check_violation';
      end if;
      if tg_op = 'UPDATE' and new.state <> old.state and (old.state, new.state) not in
        (('proposed', 'booked'), ('proposed', 'refused'), ('booked', 'voided')) then
        raise exception 'recovery_entry: no way from % to %', old.state, new.state
          using errcode = 'check_violation';
      end if;
      return new;
    end
  $$;
  create trigger recovery_entry_guard before insert or update on recovery_entry
    for each row execute function recovery_entry_guard();
  create function recovery_entry_sum() returns trigger language plpgsql as $$
    begin
      update recovery r set version = r.version + 1,
        received_fen = s.received, offset_fen = s.offsets, written_off_fen = s.written_off
      from (
        select coalesce(sum(amount_fen) filter (where kind = 'receipt'), 0)::bigint as received,
          coalesce(sum(amount_fen) filter (where kind = 'offset'), 0)::bigint as offsets,
          coalesce(sum(amount_fen) filter (where kind = 'write_off'), 0)::bigint as written_off
        from recovery_entry where recovery_id = new.recovery_id and state = 'booked'
      ) s
      where r.recovery_id = new.recovery_id;
      return null;
    end
  $$;
  create trigger recovery_entry_sum after insert or update on recovery_entry
    for each row execute function recovery_entry_sum();

  create table recovery_agreement (
    agreement_id bigint generated always as identity primary key,
    recovery_id bigint not null references recovery,
    agency text not null,
    amount_fen bigint not null check (amount_fen > 0),
    signed_on date not null,
    document text not null check (length(document) > 0),
    state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused', 'ended')),
    paid_before_fen bigint,
    proposed_by text not null,
    proposed_name text not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    decided_remark text,
    check (decided_by is null or decided_by <> proposed_by),
    check ((state = 'proposed') = (decided_by is null)),
    check (state not in ('approved', 'ended') or paid_before_fen is not null)
  );
  create unique index recovery_agreement_one on recovery_agreement (recovery_id)
    where state in ('proposed', 'approved');
  create table recovery_instalment (
    agreement_id bigint not null references recovery_agreement,
    no integer not null check (no > 0),
    agency text not null,
    due_on date not null,
    amount_fen bigint not null check (amount_fen > 0),
    primary key (agreement_id, no)
  );
  create function recovery_agreement_balance() returns trigger language plpgsql as $$
    declare
      held recovery_agreement;
      total bigint;
    begin
      select * into held from recovery_agreement where agreement_id = new.agreement_id;
      select coalesce(sum(amount_fen), 0) into total from recovery_instalment
        where agreement_id = new.agreement_id;
      if total <> held.amount_fen then
        raise exception 'instalments add up to %, the agreement says %', total, held.amount_fen
          using errcode = 'check_violation';
      end if;
      return null;
    end
  $$;
  -- Judged at commit, when all instalments are there.
  create constraint trigger recovery_agreement_balance after insert or update on recovery_agreement
    deferrable initially deferred for each row execute function recovery_agreement_balance();
  create constraint trigger recovery_instalment_balance after insert or update on recovery_instalment
    deferrable initially deferred for each row execute function recovery_agreement_balance();

  ${scopedTable('recovery')}
  ${scopedTable('recovery_entry')}
  ${scopedTable('recovery_agreement')}
  ${scopedTable('recovery_instalment', 'select, insert')}
`;
