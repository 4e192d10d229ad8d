import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the browser tests ask of the machine; tests pass a plain object. */
export interface Machine {
  isRoot(): boolean;
  exists(path: string): boolean;
  hasCommand(name: string): boolean;
  /** Runs a program without standard input and says whether it ended well. */
  run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): boolean;
  say(line: string): void;
}

interface SystemPackage {
  readonly name: string;
  /** The file by which the package is recognised. */
  readonly file: string;
}

const packages: readonly SystemPackage[] = [
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'fonts-noto-cjk', file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' },
];

/** apt must never ask: CI has nobody to answer. */
const aptEnv = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'a' };
const aptOptions = ['-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];

/**
 * Installs the Debian packages that browser tests need, when they are missing and this is root.
 * Otherwise says what is missing; the tests then skip by name. Returns the names still missing.
 */
export function ensureSystemPackages(machine: Machine): string[] {
  const missing = missingPackages(machine);
  if (missing.length === 0) return [];
  if (!machine.isRoot() || !machine.hasCommand('apt-get')) {
    machine.say(`缺少浏览器测试所需的系统软件包：${missing.join('、')}。相应测试将跳过。`);
    machine.say(`需要时请由管理员安装：apt-get install ${missing.join(' ')}`);
    return missing;
  }
  machine.say(`正在安装系统软件包：${missing.join('、')}…`);
  machine.run('apt-get', ['update', '-q'], aptEnv);
  machine.run('apt-get', ['install', ...aptOptions, ...missing], aptEnv);
  const still = missingPackages(machine);
  if (still.length > 0) {
    machine.say(`系统软件包未能装上：${still.join('、')}。请检查软件源；相应测试将跳过。`);
  }
  return still;
}

function missingPackages(machine: Machine): string[] {
  return packages.filter(({ file }) => !machine.exists(file)).map(({ name }) => name);
}

/** The machine this process runs on. */
export const thisMachine: Machine = {
  isRoot: () => process.getuid?.() === 0,
  exists: existsSync,
  hasCommand: (name) => ['/usr/bin', '/bin'].some((folder) => existsSync(`${folder}/${name}`)),
  run: (program, args, env) =>
    spawnSync(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    }).status === 0,
  say: (line) => console.log(line),
};
