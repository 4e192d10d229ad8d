import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineError, silentProgress } from '../../kernel/index.ts';
import { type Command, runCommandLine } from './index.ts';

const broken = defineError('APP_TEST_BROKEN', 'unavailable', () => '机器坏了。请重启。');

function command(name: string, run: Command['run']): Command {
  return { name, usage: '[--n N]', summary: '试', options: { n: { type: 'string' } }, run };
}

async function run(words: string[], commands: Command[], env = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(commands, words, {
    terminal: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      progress: silentProgress,
    },
    env,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const echo = command('say it', async ({ terminal, dataDir }, args, options) => {
  terminal.out(JSON.stringify({ dataDir, args, n: options.n }));
  return 0;
});

test('the longest matching words find the command, options and arguments follow', async () => {
  const short = command('say', async () => 9);
  const { code, out } = await run(['say', 'it', 'a', '--n', '5', '--data', '/d'], [short, echo]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), { dataDir: '/d', args: ['a'], n: '5' });
});

test('the data folder comes from the option, then the environment, then ./data', async () => {
  const dataDir = async (words: string[], env: object) =>
    (JSON.parse((await run(words, [echo], env)).out) as { dataDir: string }).dataDir;
  assert.equal(await dataDir(['say', 'it', '--data=/a'], { HULIU_DATA: '/b' }), '/a');
  assert.equal(await dataDir(['say', 'it'], { HULIU_DATA: '/b' }), '/b');
  assert.equal(await dataDir(['say', 'it'], { HULIU_DATA: '' }), 'data');
});

test('an unknown command and an unknown option say so in Chinese and exit 2', async () => {
  const unknown = await run(['fly'], [echo]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /fly/);
  const option = await run(['say', 'it', '--m'], [echo]);
  assert.equal(option.code, 2);
  assert.match(option.err, /不认识的选项 --m/);
  const value = await run(['say', 'it', '--n'], [echo]);
  assert.match(value.err, /缺少值/);
});

test('an error of ours becomes a sentence, and an object with --json', async () => {
  const failing = command('fail', async () => {
    throw broken({});
  });
  const { code, out, err } = await run(['fail', '--json'], [failing]);
  assert.equal(code, 3);
  assert.match(err, /机器坏了/);
  assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, 'APP_TEST_BROKEN');
});

test('any other error is a bug and is thrown on', async () => {
  const buggy = command('bug', async () => {
    throw new TypeError('no');
  });
  await assert.rejects(run(['bug'], [buggy]), TypeError);
});

test('help names every command', async () => {
  const { code, out } = await run(['help'], [echo]);
  assert.equal(code, 0);
  assert.match(out, /say it \[--n N\]/);
});
