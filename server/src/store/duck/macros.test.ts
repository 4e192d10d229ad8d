import assert from 'node:assert/strict';
import test from 'node:test';
import { scratchDuck } from '../fixtures/scratch.ts';

const resultOf = async (t: Parameters<typeof scratchDuck>[0], expression: string) => {
  const duck = await scratchDuck(t);
  return (await duck.read((s) => s.first<{ x: unknown }>(`select ${expression} as x`)))?.x;
};

test('levenshtein_distance counts characters, not bytes, like Trino', async (t) => {
  const duck = await scratchDuck(t);
  const pairs = [
    ['张三', '张四', 1n],
    ['王小明', '王明', 1n],
    ['欧阳娜娜', '欧阳娜', 1n],
    ['阿卜杜·热西提', '阿卜杜热西提', 1n],
    ['', '张三', 2n],
    ['𬀩', '一', 1n],
    ['kitten', 'sitting', 3n],
    ['同名', '同名', 0n],
    [null, '张三', null],
  ] as const;
  for (const [a, b, expected] of pairs) {
    const row = await duck.read((s) =>
      s.first<{ d: bigint | null }>('select levenshtein_distance($a, $b) as d', { a, b }),
    );
    assert.equal(row?.d, expected, `${a} – ${b}`);
  }
});

test('levenshtein_distance works on columns, in filters and in joins', async (t) => {
  const duck = await scratchDuck(t);
  const rows = await duck.read((s) =>
    s.rows(`with n(x) as (values ('李建国'), ('李建囯'), ('赵敏'), (null))
      select a.x as one, b.x as other from n a join n b on a.x < b.x
      where levenshtein_distance(a.x, b.x) = 1`),
  );
  assert.deepEqual(rows, [{ one: '李建囯', other: '李建国' }]);
});

test('regexp_like finds the pattern anywhere in the text', async (t) => {
  assert.equal(await resultOf(t, "regexp_like('A123B', '[0-9]+')"), true);
  assert.equal(await resultOf(t, "regexp_like('AB', '[0-9]+')"), false);
});

test('array_join leaves nulls out', async (t) => {
  assert.equal(await resultOf(t, "array_join(['企业', null, '居民'], '、')"), '企业、居民');
  assert.equal(await resultOf(t, "array_join([1, 2], ',')"), '1,2');
});

test('approx_percentile returns a value that occurs, by group too', async (t) => {
  const duck = await scratchDuck(t);
  const rows = await duck.read((s) =>
    s.rows(`select i % 2 as g, approx_percentile(i, 0.9) as p from range(1, 101) t(i)
      group by i % 2 order by g`),
  );
  assert.deepEqual(rows, [
    { g: 0n, p: 90n },
    { g: 1n, p: 89n },
  ]);
});
