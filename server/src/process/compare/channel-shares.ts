import type { DuckSession } from '../../store/index.ts';
import { answerOnce } from '../filter/ask.ts';
import type { LogQuestion } from '../model.ts';
import type { ProcessWorld } from '../world.ts';

/** Cases of one group of channels. */
export interface ChannelShare {
  readonly id: string;
  readonly title: string;
  readonly cases: number;
  readonly share: number;
  readonly near: boolean;
}

/** How much is handled near people's homes (15 分钟办事圈). */
export interface ChannelReport {
  /** Cases somebody was served in: without batch runs and pushes, with a known channel. */
  readonly cases: number;
  readonly automatic: number;
  readonly near: number;
  readonly near_share: number | null;
  readonly groups: readonly ChannelShare[];
  readonly by: readonly {
    readonly agency: string | null;
    readonly agency_name: string | null;
    readonly month: string;
    readonly cases: number;
    readonly near: number;
    readonly near_share: number;
  }[];
}

/** Reports the channels of the chosen cases by group, county and month of acceptance. */
export function reportChannels(world: ProcessWorld, question: LogQuestion): Promise<ChannelReport> {
  const groups = world.definitions.channelGroups;
  return answerOnce(world, question, 'channels', async (session, { cases, params }) => {
    const rows = await countChannels(session, cases, params);
    const groupOf = new Map(
      groups.flatMap((group) => group.channels.map((c) => [c, group] as const)),
    );
    const known = rows.flatMap((row) => {
      const group = groupOf.get(row.channel);
      return group === undefined ? [] : [{ ...row, group }];
    });
    const served = known.filter(({ group }) => !group.automatic);
    const total = sum(served);
    const near = sum(served.filter(({ group }) => group.near));
    const places = Map.groupBy(served, ({ agency, month }) => `${agency ?? ''}\u001f${month}`);
    return {
      ...{ cases: total, automatic: sum(known) - total, near },
      near_share: total === 0 ? null : near / total,
      groups: groups.map((group) => {
        const n = sum(known.filter((row) => row.group.id === group.id));
        const share = group.automatic || total === 0 ? 0 : n / total;
        return { ...{ id: group.id, title: group.title, cases: n, share, near: group.near } };
      }),
      by: [...places.values()].map((each) => {
        const agency = each[0]?.agency ?? null;
        const mine = sum(each.filter(({ group }) => group.near));
        return {
          ...{ agency, agency_name: world.content.agencies.get(agency ?? '') ?? null },
          ...{ month: each[0]?.month ?? '', cases: sum(each), near: mine },
          near_share: mine / sum(each),
        };
      }),
    };
  });
}

interface ChannelRow {
  readonly channel: string;
  readonly agency: string | null;
  readonly month: string;
  readonly n: number;
}

async function countChannels(
  session: DuckSession,
  cases: string,
  params: LogParams,
): Promise<ChannelRow[]> {
  const rows = await session.rows<Omit<ChannelRow, 'n'> & { n: bigint }>(
    `select c.channel, c.agency, substr(coalesce(c.opened_at, c.first_at)::VARCHAR, 1, 7) as month, count(*) as n
     from ${cases} where c.channel is not null group by all order by month, c.agency, c.channel`,
    params,
  );
  return rows.map((row) => ({ ...row, n: Number(row.n) }));
}

type LogParams = NonNullable<Parameters<DuckSession['rows']>[1]>;

const sum = (rows: readonly { readonly n: number }[]): number =>
  rows.reduce((total, { n }) => total + n, 0);
