import fc from 'fast-check';

const STEPS = ['受理', '初审', '复核 & 签字', '审批<特批>', '"办结"', "归'档", '补\u00a0正', '  '];
/** Time zones and precisions as other systems write them. */
const SUFFIXES = ['Z', '+08:00', '-05:30', '.5Z', '.123+08:00', '.123456Z', '.999999+00:00'];

interface AwkwardEvent {
  readonly step: number;
  readonly second: number;
  readonly suffix: number;
  /** Which parts are left out or written in an unusual way. */
  readonly without: 'nothing' | 'step' | 'time';
  readonly nested: boolean;
  readonly manner: number;
  readonly id: number;
}

const event: fc.Arbitrary<AwkwardEvent> = fc.record({
  step: fc.nat(STEPS.length - 1),
  second: fc.oneof(fc.nat(5_000), fc.nat(3e7)),
  suffix: fc.nat(SUFFIXES.length - 1),
  without: fc.oneof(
    { weight: 12, arbitrary: fc.constant('nothing' as const) },
    { weight: 1, arbitrary: fc.constant('step' as const) },
    { weight: 1, arbitrary: fc.constant('time' as const) },
  ),
  nested: fc.boolean(),
  manner: fc.nat(5),
  id: fc.nat(20),
});

const trace = fc.record({
  /** Few numbers, so that traces share one; null: the trace has none. */
  name: fc.oneof(
    { weight: 15, arbitrary: fc.nat(60) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  late: fc.boolean(),
  events: fc.array(event, { maxLength: 9 }),
});

/**
 * A XES document (IEEE 1849) that is valid and awkward: nested attributes, events without time or
 * activity and out of order, equal times, repeated numbers, empty traces, entities, comments, CDATA,
 * either quote, any order of XML attributes. The same seed gives the same document.
 */
export function awkwardXes(seed: number): string {
  const traces = fc.sample(fc.array(trace, { minLength: 30, maxLength: 80 }), {
    seed,
    numRuns: 1,
  })[0];
  const body = (traces ?? []).map(({ name, late, events }) => {
    const own =
      name === null ? '' : `<string key="concept:name" value="案 &#${48 + (name % 10)};${name}"/>`;
    const steps = events.map(eventText).join('\n');
    return `<trace>${late ? '' : own}<!-- <event> --><list key="l"><values><int key="n" value="1"/></values></list>
      ${steps}${late ? own : ''}</trace>`;
  });
  return `\ufeff<?xml version='1.0' encoding='UTF-8'?>
<?pi <event> ?>
<log xes.version="1849.2016" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="不是事件"/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="concept:name" value="日志名"/>
  ${body.join('\n')}
</log>
`;
}

function eventText({ step, second, suffix, without, nested, manner, id }: AwkwardEvent): string {
  const moment = new Date(Date.UTC(2025, 0, 1) + second * 1000).toISOString().slice(0, 19);
  const inner =
    '<string key="concept:name" value="内层"/><date key="time:timestamp" value="1999-01-01T00:00:00Z"/>';
  const parts = [
    without === 'step' ? '' : attribute('string', 'concept:name', STEPS[step] ?? '', manner),
    without === 'time'
      ? ''
      : attribute('date', 'time:timestamp', `${moment}${SUFFIXES[suffix]}`, manner),
    nested ? `<string key="org:resource" value="甲">${inner}</string>` : '',
    `<id key="identity:id" value="${id}"/>`,
  ];
  if (manner % 2 === 1) parts.reverse();
  return `<event>${parts.join(manner === 3 ? '<!-- </event> -->\n' : '\n')}</event>`;
}

function attribute(type: string, key: string, value: string, manner: number): string {
  const safe = value.replace(/[&<>"']/g, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`);
  if (manner === 2) return `<${type}\n value='${safe}'   key='${key}' />`;
  if (manner === 4) return `<${type} key="${key}" value="${safe}"></${type}>`;
  return `<${type} key="${key}" value="${safe.replaceAll('&#x26;', '&amp;')}"/>`;
}
