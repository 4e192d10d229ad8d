import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { silentProgress } from '../../server/src/kernel/index.ts';
import { makePackage } from './make-package.ts';

const SIZE = { persons: 300, rows: 4000 };

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'huiliu-package-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('the same size gives the same bytes, signature and all', async (t) => {
  const make = async () => {
    const made = await makePackage(folder(t), { ...SIZE, quoted: false }, silentProgress);
    return readFileSync(join(made.path, 'manifest.json'), 'utf8');
  };
  assert.equal(await make(), await make());
});

test('the GB18030 file says the same as the UTF-8 file, rare characters included', async (t) => {
  const made = await makePackage(folder(t), { ...SIZE, quoted: false }, silentProgress);
  const utf8 = readFileSync(made.utf8.person ?? '', 'utf8');
  const gb18030 = readFileSync(join(made.path, 'person.txt'));
  assert.equal(new TextDecoder('gb18030').decode(gb18030), utf8);
  assert.match(utf8, /[珅𠅤㛃]/u);
  assert.equal(utf8.trimEnd().split('\n').length, SIZE.persons + 1);
});

test('only text fields are quoted, and only when asked', async (t) => {
  const made = await makePackage(folder(t), { ...SIZE, quoted: true }, silentProgress);
  const line = readFileSync(made.utf8.contribution ?? '', 'utf8').split('\n')[1] ?? '';
  assert.match(line, /^"C\d{10}"\|"P\d{9}"\|"U\d{7}"\|"\d{3}"\|\d{6}\|\d{6}\|"10"\|\d+\.\d\d\|/);
  const plain = await makePackage(folder(t), { ...SIZE, quoted: false }, silentProgress);
  assert.ok(!readFileSync(plain.utf8.contribution ?? '', 'utf8').includes('"'));
});

test('the declared sums are those of the file', async (t) => {
  const made = await makePackage(folder(t), { ...SIZE, quoted: false }, silentProgress);
  const [head = '', ...lines] = readFileSync(made.utf8.contribution ?? '', 'utf8')
    .trim()
    .split('\n');
  const at = head.split('|').indexOf('AAE020');
  const fen = lines.reduce((sum, line) => {
    return sum + BigInt((line.split('|')[at] ?? '').replace('.', ''));
  }, 0n);
  const manifest = JSON.parse(readFileSync(join(made.path, 'manifest.json'), 'utf8')) as {
    datasets: { dataset: string; sums: Record<string, string> }[];
  };
  const declared = manifest.datasets.find(({ dataset }) => dataset === 'contribution')?.sums.AAE020;
  assert.equal(declared?.replace('.', ''), String(fen));
  const faulty = lines.filter((line) => line.split('|')[3] === '999').length;
  assert.equal(faulty, made.faulty);
});
