import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FindingDelivery } from '../../contract/index.ts';
import { afterReports, compare } from '../compare/after-reports.ts';
import type { CustodyReport } from '../model.ts';
import { takeInCustody } from '../registry/take-in.ts';
import { openSmallCity, pensionOf, personOf } from '../testing/open-city.ts';

const city = await openSmallCity();
const { world } = city;
const people = Array.from({ length: 12 }, (_, i) => ({
  ...personOf(i + 1),
  agency: i < 8 ? '140502' : '140521',
}));
await city.publish('2026-10-31', {
  person: people,
  benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
});

let counter = 0;
const about = (no: number) => {
  const { id_no: idNo, name } = personOf(no);
  return { idNo, name };
};
function custody(given: Partial<CustodyReport>): CustodyReport {
  counter += 1;
  return {
    ...{ source: '03', eventId: `J${counter}`, kind: 'report', refersTo: null, sequence: null },
    occurredAt: `2026-04-${String(1 + (counter % 28)).padStart(2, '0')}T08:00:00+08:00`,
    ...{ receivedAt: '2026-04-01T08:00:00+08:00', idNo: '', name: null, custodyKind: '01' },
    ...{ startOn: '2026-03-05', endOn: '2026-06-20', docNo: '（2026）晋05刑初1号' },
    ...{ channel: 'api', appId: null, agency: null },
    ...given,
  };
}
async function report(...reports: Partial<CustodyReport>[]): Promise<FindingDelivery> {
  const taken = await takeInCustody(world, reports.map(custody));
  return afterReports(world, [...new Set(taken.map(({ subject }) => subject))]);
}
const amounts = ({ findings }: FindingDelivery) =>
  findings.map(({ personId, amountFen }) => [personId, Number(amountFen)]);

describe('custody is compared with payments', () => {
  it('counts months in prison once, the first not, the last included', async () => {
    const delivery = await report(
      { ...about(1), eventId: 'A1' },
      { ...about(1), source: '02', eventId: 'A1', startOn: '2026-05-01', endOn: '2026-07-01' },
    );
    assert.deepEqual(amounts(delivery), [['P001', 400_000]]);
  });

  it('takes the alert back with the report', async () => {
    assert.deepEqual(amounts(await report({ ...about(2), eventId: 'B1' })), [['P002', 300_000]]);
    const back = await report({ ...about(2), kind: 'revocation', refersTo: 'B1' });
    assert.deepEqual([back.persons, back.findings], [['P002'], []]);
  });

  it('moves the term when the number is corrected: whom it was about first is free of it', async () => {
    await report({ ...about(3), eventId: 'C1' });
    const moved = await report({ ...about(4), kind: 'correction', refersTo: 'C1', eventId: 'C2' });
    assert.deepEqual(amounts(moved), [['P004', 300_000]]);
    assert.deepEqual(moved.persons, ['P003', 'P004']);
    const whole = await compare(world, 'all', 'T1');
    const still = whole.delivery.findings.filter(({ personId }) => personId === 'P003');
    assert.deepEqual(still, []);
  });

  it('says nothing of community correction', async () => {
    assert.deepEqual(amounts(await report({ ...about(5), custodyKind: '03' })), []);
  });
});
