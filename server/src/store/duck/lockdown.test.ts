import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import { afterwards, duckOptions, scratchDuck, scratchFolder } from '../fixtures/scratch.ts';
import { openDuck } from '../index.ts';

const columns = "columns = {'line': 'VARCHAR'}, auto_detect = false, header = false";

test('files in the staging folder can be read and written, also one whose path has a quote', async (t) => {
  const dir = join(await scratchFolder(t), "o'brien");
  await mkdir(join(dir, 'staging'), { recursive: true });
  await writeFile(join(dir, 'staging', 'a.txt'), '一\n二\n');
  const duck = await openDuck(duckOptions(dir));
  afterwards(t, () => duck.close());
  const file = join(duck.stagingDir, 'a.txt');
  const lines = await duck.read((s) => s.rows(`from read_csv($file, ${columns})`, { file }));
  assert.deepEqual(lines, [{ line: '一' }, { line: '二' }]);
  const target = join(duck.stagingDir, 'b.parquet').replaceAll("'", "''");
  await duck.write((s) => s.run(`copy (select 1 as n) to '${target}' (format parquet)`));
});

test('nothing outside staging can be read, written or attached, and the lock holds', async (t) => {
  const dir = await scratchFolder(t);
  const secret = join(dir, 'secret.txt');
  await writeFile(secret, '机密\n');
  const duck = await openDuck(duckOptions(dir));
  afterwards(t, () => duck.close());
  await symlink(secret, join(dir, 'link.txt'));
  const denied = [
    `from read_csv('${secret}', ${columns})`,
    `from read_csv('${duck.stagingDir}/../secret.txt', ${columns})`,
    `from read_csv('${dir}/staging-2/x.txt', ${columns})`,
    `from read_text('/etc/passwd')`,
    `from glob('${dir}/*')`,
    `from '${dir}/link.txt'`,
    `copy (select 1) to '${dir}/out.csv'`,
    `attach '${dir}/other.duckdb'`,
    `export database '${dir}/copy'`,
    `install httpfs`,
    `load httpfs`,
    `set enable_external_access = true`,
    `set lock_configuration = false`,
    `set allowed_directories = ['/']`,
    `set memory_limit = '100GB'`,
    `set temp_directory = '/tmp'`,
    `reset lock_configuration`,
    `pragma threads = 64`,
  ];
  for (const sql of denied) {
    await assert.rejects(
      duck.write((s) => s.run(sql)),
      (error) => isHuiliuError(error, 'STORE_DUCK_QUERY'),
      sql,
    );
  }
});

test('the settings of the profile are in force', async (t) => {
  const duck = await scratchDuck(t);
  const settings = await duck.read((s) =>
    s.first(`select current_setting('TimeZone') as zone, current_setting('threads') as threads,
      current_setting('memory_limit') as memory, current_setting('preserve_insertion_order') as kept,
      current_setting('enable_external_access') as outside,
      current_setting('autoload_known_extensions') as load,
      current_setting('autoinstall_known_extensions') as install`),
  );
  assert.deepEqual(settings, {
    zone: 'Asia/Shanghai',
    threads: 2n,
    memory: '256.0 MiB',
    kept: true,
    outside: false,
    load: false,
    install: false,
  });
});
