import { addApp, type IssuedKey, listApps, revoke, rotateKey } from '../../deaths/index.ts';
import { type Command, optionList, required, wholeNumber } from '../command-line/index.ts';
import { inWorkspace } from './in-workspace.ts';
import { appsText, issuedText } from './interfaces-text.ts';
import { cliPrincipal, ORIGIN } from './origin.ts';

const TEXT = { type: 'string' } as const;
const LIST = { type: 'string', multiple: true } as const;

const jsonKey = ({ appId, keyNo, algorithm, secret }: IssuedKey) =>
  JSON.stringify({ app_id: appId, key_no: keyNo, algorithm, secret });

const add: Command = {
  name: 'apps add',
  usage:
    '名称 [--source 01] [--custody-source 03] --agency 140500 [--address 10.1.0.0/16] [--per-second 500] [--expected-per-day 40] [--public-key 十六进制] [--algorithm SM2|ED25519]',
  summary: '登记一个部门的应用，给出应用编号和密钥（密钥只显示一次）',
  options: {
    ...{ source: TEXT, 'custody-source': TEXT, agency: LIST, address: LIST, 'per-second': TEXT },
    ...{
      'expected-per-day': TEXT,
      'silent-after-hours': TEXT,
      'public-key': TEXT,
      algorithm: TEXT,
    },
    callback: TEXT,
  },
  run: (context, args, options) =>
    inWorkspace(context, '登记应用', async ({ interfaces }, { terminal, json }) => {
      const text = (name: string): string | null => {
        const value = options[name];
        return typeof value === 'string' ? value : null;
      };
      const expected = wholeNumber(add, options, 'expected-per-day', 0);
      const issued = await addApp(
        interfaces,
        cliPrincipal(),
        {
          name: args[0] ?? '',
          deathSource: text('source'),
          custodySource: text('custody-source'),
          agencies: optionList(options, 'agency'),
          addresses: optionList(options, 'address'),
          perSecond: wholeNumber(add, options, 'per-second', 500),
          expectedPerDay: expected === 0 ? null : expected,
          silentAfterHours: wholeNumber(add, options, 'silent-after-hours', 72),
          publicKey: text('public-key'),
          callbackUrl: text('callback'),
          ...(text('algorithm') === 'ED25519' ? { algorithm: 'ED25519' as const } : {}),
        },
        ORIGIN,
      );
      interfaces.apps.forget();
      terminal.out(json ? jsonKey(issued) : issuedText(issued));
      return 0;
    }),
};

const list: Command = {
  name: 'apps list',
  usage: '',
  summary: '已登记的应用及其密钥状态',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看应用', async ({ interfaces }, { terminal, json }) => {
      const apps = await listApps(interfaces, cliPrincipal().scope);
      terminal.out(json ? JSON.stringify(apps) : appsText(apps));
      return 0;
    }),
};

const rotate: Command = {
  name: 'apps rotate',
  usage: '--app 应用编号 [--days 7] [--public-key 十六进制]',
  summary: '更换应用的密钥；旧密钥在过渡期内仍有效',
  options: { app: TEXT, days: TEXT, 'public-key': TEXT },
  run: (context, _, options) => {
    const appId = required(rotate, options, 'app');
    const key = options['public-key'];
    return inWorkspace(context, '更换密钥', async ({ interfaces }, { terminal, json }) => {
      const input = {
        ...{ appId, days: wholeNumber(rotate, options, 'days', 7) },
        publicKey: typeof key === 'string' ? key : null,
      };
      const issued = await rotateKey(interfaces, cliPrincipal(), input, ORIGIN);
      interfaces.apps.forget();
      terminal.out(json ? jsonKey(issued) : issuedText(issued));
      return 0;
    });
  },
};

const revokeApp: Command = {
  name: 'apps revoke',
  usage: '--app 应用编号 [--key 密钥序号]',
  summary: '立即停用应用，或只停用它的一把密钥',
  options: { app: TEXT, key: TEXT },
  run: (context, _, options) => {
    const appId = required(revokeApp, options, 'app');
    return inWorkspace(context, '停用应用', async ({ interfaces }, { terminal, json }) => {
      const keyNo = wholeNumber(revokeApp, options, 'key', 0);
      const input = { appId, ...(keyNo === 0 ? {} : { keyNo }) };
      await revoke(interfaces, cliPrincipal(), input, ORIGIN);
      interfaces.apps.forget();
      const done = keyNo === 0 ? '应用已停用。' : `第 ${keyNo} 把密钥已停用。`;
      terminal.out(json ? JSON.stringify({ revoked: true }) : done);
      return 0;
    });
  },
};

/** Commands of 应用. */
export const appsCommands: readonly Command[] = [add, list, rotate, revokeApp];
