import { join } from 'node:path';
import { instantSql } from './instant.ts';
import { encodingOf, utf8Stream } from './open-file.ts';
import { RowFile, readRows } from './row-file.ts';
import { XmlScanner } from './scan-xml.ts';
import type { SourceRequest, StagedSource } from './source.ts';
import { XES_EVENT_COLUMNS, XES_TRACE_COLUMNS, XesRows } from './xes-rows.ts';

/** Reads a XES document (IEEE 1849), plain or packed, as it comes off the disk. */
export async function stageXes(request: SourceRequest): Promise<StagedSource> {
  const events = new RowFile(join(request.folder, 'events.rows'));
  const traces = new RowFile(join(request.folder, 'traces.rows'));
  const scanner = new XmlScanner(new XesRows(events, traces));
  let read = 0;
  for await (const part of utf8Stream(request.path, request.gzip, encodingOf(request.head))) {
    scanner.write(part);
    read += part.length;
    request.onBytes(read);
    await events.drain();
    await traces.drain();
  }
  scanner.end();
  await events.close();
  await traces.close();
  return {
    ...{ format: 'XES', objectType: null, columns: {}, notes: [] },
    load: async (session, at) => {
      await session.run(`
        create temp table trace as
        select cast(trace as INTEGER) as trace, case_id, attributes
        from ${readRows(traces.path, XES_TRACE_COLUMNS)};
        create table ${at}.staged_event as
        select cast(e.ord as BIGINT) as ord, t.case_id, e.activity, null::VARCHAR as code,
          ${instantSql('e.done_at')} as done_at, ${instantSql('e.start_at')} as start_at, e.resource,
          e.resource as actor, e.unit, null::VARCHAR as channel, e.action, false as sent_back,
          e.event_id, e.attributes
        from ${readRows(events.path, XES_EVENT_COLUMNS)} e
        left join trace t on t.trace = cast(e.trace as INTEGER);
        create temp table raw_case as
        select case_id, null::VARCHAR as agency, null::VARCHAR as matter, null::VARCHAR as channel,
          null::VARCHAR as insurance, null::VARCHAR as person_id, null::TIMESTAMP as opened_at,
          null::TIMESTAMP as closed_at, null::INTEGER as promised_days, null::TIMESTAMP as due_at,
          null::VARCHAR as result, arg_min(attributes, trace) as attributes
        from trace where case_id is not null group by case_id`);
      const row = await session.first<{ n: bigint }>(
        'select count(case_id) - count(distinct case_id) as n from trace',
      );
      return { mergedCases: Number(row?.n ?? 0n) };
    },
  };
}
