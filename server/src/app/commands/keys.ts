import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KEY_PURPOSES,
  type KeyInfo,
  type KeyPurpose,
  recordAct,
  rootKeyFromSecret,
  rootKeyInFile,
} from '../../security/index.ts';
import type { Command } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import type { Workspace } from '../workspace.ts';
import { inWorkspace } from './in-workspace.ts';
import { ORIGIN } from './origin.ts';

const TITLES: Readonly<Record<KeyPurpose, string>> = {
  field: '字段加密（SM4）',
  blind: '盲索引（HMAC-SM3）',
  file: '文件加密（SM4）',
  city: '市级数据库（AES-256-GCM）',
  anchor: '审计检查点签名（SM2）',
};

/** What has to follow a rotation, by purpose. */
const AFTERWARDS: Readonly<Record<KeyPurpose, string>> = {
  field: '新写入的字段用新密钥，旧的仍可读。',
  blind: '',
  file: '新写入的文件用新密钥，旧的仍可读。',
  city: '市级数据库仍在旧密钥下：请停止服务，执行 ./huiliu feed rebuild 换到新密钥。',
  anchor: '新的检查点用新密钥签名；请把新的公钥另存他处。',
};

const statusCommand: Command = {
  name: 'keys status',
  usage: '',
  summary: '列出数据密钥（只列编号，不显示密钥）',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看密钥', async ({ keys }, { terminal, json }) => {
      const list = keys.list();
      terminal.out(
        json
          ? JSON.stringify({ root: keys.root, keys: list })
          : [`根密钥：${keys.root === 'file' ? '文件 config/keys/root.key' : '环境变量'}`]
              .concat(list.map(keyLine))
              .join('\n'),
      );
      return 0;
    }),
};

function keyLine({ id, purpose, made_at, current }: KeyInfo): string {
  return `${id}  ${TITLES[purpose]}  ${made_at}${current ? '  当前' : ''}`;
}

const rotateCommand: Command = {
  name: 'keys rotate',
  usage: 'field|file|city|anchor',
  summary: '为一种用途换用新密钥，旧数据仍可读',
  options: {},
  run: (context, [word]) => {
    const purpose = KEY_PURPOSES.find((one) => one === word);
    if (purpose === undefined || purpose === 'blind') {
      throw optionInvalid({
        what: '应写明换哪一种：field、file、city、anchor（盲索引换钥须重建索引，不能单独更换）',
        usage: `keys rotate ${rotateCommand.usage}`,
      });
    }
    return inWorkspace(context, '更换密钥', async (workspace, { terminal, json }) => {
      await recordChange(workspace, 'keys.rotate', purpose);
      const { id } = await workspace.keys.rotate(purpose);
      terminal.out(
        json ? JSON.stringify({ id }) : `已换用 ${id}。${AFTERWARDS[purpose]}请备份 config/keys。`,
      );
      return 0;
    });
  },
};

const rewrapCommand: Command = {
  name: 'keys rewrap',
  usage: 'file|secret',
  summary: '更换根密钥，改由文件或环境变量 HULIU_ROOT_SECRET 保护',
  options: {},
  run: (context, [kind]) => {
    const secret = context.env.HULIU_ROOT_SECRET ?? '';
    if ((kind !== 'file' && kind !== 'secret') || (kind === 'secret' && secret === '')) {
      throw optionInvalid({
        what: '应写明 file 或 secret；secret 要先设好环境变量 HULIU_ROOT_SECRET',
        usage: `keys rewrap ${rewrapCommand.usage}`,
      });
    }
    return inWorkspace(context, '更换根密钥', async (workspace, { terminal }) => {
      await recordChange(workspace, 'keys.rewrap', kind);
      const file = join(workspace.dir, 'config', 'keys', 'root.key');
      if (kind === 'secret') {
        await workspace.keys.rewrap(await rootKeyFromSecret(secret));
        await rm(file, { force: true });
      } else await workspace.keys.rewrap(await rootKeyInFile(file));
      terminal.out(
        '根密钥已更换，数据不变。请立即备份 config/keys，旧的备份从此打不开新的密钥库。',
      );
      return 0;
    });
  },
};

export const keysCommands: readonly Command[] = [statusCommand, rotateCommand, rewrapCommand];

async function recordChange({ audit }: Workspace, action: string, object: string): Promise<void> {
  await recordAct(audit.db, { actor: ORIGIN, origin: 'cli', action, object }, audit.clock);
}
