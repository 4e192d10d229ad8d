import type { TObject } from 'typebox';
import type { MunicipalContent } from '../../contract/index.ts';
import {
  type ContentKind,
  type ContentProblem,
  inReadingOrder,
  type Loaded,
  loadKind,
  problemLine,
  type Report,
} from '../../municipal/index.ts';
import { contentInvalid } from '../errors.ts';
import type {
  ChannelGroup,
  DeviationDef,
  DeviationKind,
  OfficeTimes,
  ProcessContent,
  ProcessDef,
} from './process-content.ts';
import {
  channelShape,
  type DeviationShape,
  deviationShape,
  officeShape,
  type ProcessShape,
  processShape,
} from './shapes.ts';

const kind = <T extends TObject>(
  folder: string,
  suffix: string,
  schema: T,
  word: string,
): ContentKind<T> => ({ folder, suffix, schema, word, idKey: 'id' });

const KINDS = {
  process: kind('processes', '.process.yaml', processShape, '流程说明'),
  office: kind('office-hours', '.hours.yaml', officeShape, '办公时间'),
  channels: kind('channel-groups', '.channels.yaml', channelShape, '渠道分组'),
  deviation: kind('process-deviations', '.deviation.yaml', deviationShape, '流程偏差'),
};

/**
 * Loads described processes, office hours, channel groups and kinds of deviation (流程内容) from the
 * base folder and the overlays after it.
 * @throws PROCESS_CONTENT_INVALID with every problem of every file
 */
export function loadProcessContent(
  roots: readonly string[],
  content: MunicipalContent,
): ProcessContent {
  const problems: ContentProblem[] = [];
  const report: Report = (file, at, text) => problems.push({ file, ...at, text });
  const processes = all(loadKind(KINDS.process, roots, report).items).map((item) =>
    readProcess(item, content, report),
  );
  const offices = all(loadKind(KINDS.office, roots, report).items).flatMap(({ shape }) =>
    shape.hours.map(
      ({ agencies, from, to, sessions }): OfficeTimes => ({
        ...{ agencies: agencies ?? [], from, to, hours: sessions },
      }),
    ),
  );
  const groups = all(loadKind(KINDS.channels, roots, report).items).flatMap((item) =>
    readGroups(item, content, report),
  );
  const deviations = all(loadKind(KINDS.deviation, roots, report).items).map(({ shape }) =>
    deviationOf(shape),
  );
  if (problems.length > 0) {
    throw contentInvalid({ problems: inReadingOrder(problems).map(problemLine) });
  }
  return {
    processes: new Map(processes.map((each) => [each.matter, each])),
    offices,
    channelGroups: groups,
    deviations: new Map<DeviationKind, DeviationDef>(deviations.map((each) => [each.kind, each])),
  };
}

function deviationOf({ reason: _, ...shape }: DeviationShape): DeviationDef {
  return { ...shape, covered_by: shape.covered_by ?? [], tolerance_s: shape.tolerance_s ?? 0 };
}

function readProcess(
  { file, shape }: Loaded<ProcessShape>,
  content: MunicipalContent,
  report: Report,
): ProcessDef {
  const known = new Set(content.codeLists.get('CL_STEP')?.values.map(({ value }) => value));
  const steps = shape.steps.map(({ step }) => step);
  for (const [index, step] of steps.entries()) {
    const at = file.at(['steps', index, 'step']);
    if (!known.has(step)) report(file.path, at, `代码表 CL_STEP 没有环节 ${step}`);
    if (steps.indexOf(step) !== index) report(file.path, at, `环节 ${step} 写了两次`);
  }
  for (const [index, pair] of shape.separate.entries()) {
    const odd = pair.find((step) => !steps.includes(step));
    if (odd !== undefined) {
      report(file.path, file.at(['separate', index]), `环节 ${odd} 不在上面的步骤里`);
    }
  }
  return {
    ...{ matter: shape.id, title: shape.title, basis: shape.basis },
    steps: shape.steps.map(({ step, required, role }) => ({ step, required, role: role ?? null })),
    separate: shape.separate.map(([a = '', b = '']) => [a, b] as const),
    limits: shape.limits.map(({ extension, ...limit }) => ({
      ...limit,
      extension: extension ?? 0,
    })),
  };
}

function readGroups(
  { file, shape }: Loaded<{ readonly groups: readonly ChannelGroup[] }>,
  content: MunicipalContent,
  report: Report,
): ChannelGroup[] {
  const known = content.codeLists.get('CL_CHANNEL')?.values.map(({ value }) => value) ?? [];
  const grouped = shape.groups.flatMap(({ channels }) => channels);
  for (const channel of known) {
    const times = grouped.filter((each) => each === channel).length;
    if (times !== 1) {
      report(file.path, file.at(['groups']), `渠道 ${channel} 应恰在一组，现在在 ${times} 组`);
    }
  }
  return [...shape.groups];
}

function all<S>(items: ReadonlyMap<string, Loaded<S>>): Loaded<S>[] {
  return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
