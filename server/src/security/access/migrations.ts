import type { Migration } from '../../store/index.ts';

/**
 * Row level security (行级权限): the second of two walls around a county's rows. Work for a person runs
 * as `huiliu_app`, which owns nothing, with the person's scope in settings of the transaction; a
 * table with `agency` gets a policy on `in_scope(agency)`. Without settings nothing is visible.
 */
export const accessMigrations: readonly Migration[] = [
  {
    name: 'access/0001-scope',
    sql: `
      do $$ begin
        if not exists (select from pg_roles where rolname = 'huiliu_app') then
          create role huiliu_app nologin;
        end if;
      end $$;
      grant huiliu_app to current_user;
      grant usage on schema public to huiliu_app;
      create function in_scope(agency text) returns boolean language sql stable as $$
        select coalesce(current_setting('app.agencies', true), '') = '*'
          or agency = any (string_to_array(nullif(current_setting('app.agencies', true), ''), ','))
      $$;
    `,
  },
];
