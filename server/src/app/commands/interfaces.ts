import { join } from 'node:path';
import {
  inquire,
  listAlarms,
  listDeadLetters,
  listQueried,
  loadInterfaces,
  replayDeadLetter,
  showBoard,
} from '../../deaths/index.ts';
import { loadContent } from '../../municipal/index.ts';
import { type Command, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { CONTENT_ROOTS } from '../workspace.ts';
import { inWorkspace } from './in-workspace.ts';
import { boardText, inquiryText, lettersText, queriedText } from './interfaces-text.ts';
import { cliPrincipal, ORIGIN } from './origin.ts';

const SHOWN = 200;

const status: Command = {
  name: 'interfaces status',
  usage: '',
  summary: '各部门接口：最近到数、积压、失败原因、告警',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看部门接口', async ({ interfaces }, { terminal, json }) => {
      const { scope } = cliPrincipal();
      const rows = await showBoard(interfaces, scope);
      const alarms = await listAlarms(interfaces, scope);
      terminal.out(json ? JSON.stringify({ rows, alarms }) : boardText(rows, alarms));
      return 0;
    }),
};

const letters: Command = {
  name: 'interfaces letters',
  usage: '',
  summary: '未能处理的报送及其原因',
  options: {},
  run: (context) =>
    inWorkspace(context, '查看未能处理的报送', async ({ interfaces }, { terminal, json }) => {
      const page = { offset: 0, limit: SHOWN };
      const found = await listDeadLetters(interfaces, cliPrincipal().scope, page);
      terminal.out(json ? JSON.stringify(found) : lettersText(found.rows, found.total));
      return 0;
    }),
};

const replay: Command = {
  name: 'interfaces replay',
  usage: '--letter 收件号',
  summary: '把一件未能处理的报送重新处理',
  options: { letter: { type: 'string' } },
  run: (context, _, options) => {
    const inboxNo = required(replay, options, 'letter');
    return inWorkspace(context, '重新处理报送', async ({ interfaces }, { terminal, json }) => {
      await replayDeadLetter(interfaces, cliPrincipal(), inboxNo, ORIGIN);
      const outcome = await interfaces.inbox.drain();
      const text = outcome.taken > 0 ? '已处理。' : '仍未能处理，原因见 interfaces letters。';
      terminal.out(json ? JSON.stringify(outcome) : text);
      return outcome.taken > 0 ? 0 : 1;
    });
  },
};

const check: Command = {
  name: 'interfaces check',
  usage: '',
  summary: '核对数据文件夹的 config/interfaces.yaml，全部错误一次列出',
  options: {},
  run: async ({ dataDir, terminal, json }) => {
    const file = join(dataDir, 'config', 'interfaces.yaml');
    const { connectors } = await loadInterfaces(file, loadContent(CONTENT_ROOTS));
    const found = connectors.map(({ id, title, scheme, source }) => ({
      id,
      title,
      scheme,
      source,
    }));
    terminal.out(json ? JSON.stringify(found) : `配置正确，共 ${found.length} 个接口。`);
    return 0;
  },
};

const ask: Command = {
  name: 'interfaces ask',
  usage: '[接口编号 号码 --purpose 事由]',
  summary: '向一个部门点名查询一个人，答复收作证据；不写接口编号时列出可以查询的接口',
  options: { purpose: { type: 'string' } },
  run: (context, [department, key], options) => {
    if (department === undefined) {
      return inWorkspace(
        context,
        '查看可查询的接口',
        async ({ interfaces }, { terminal, json }) => {
          const rows = listQueried(interfaces.connectors.configs);
          terminal.out(json ? JSON.stringify(rows) : queriedText(rows));
          return 0;
        },
      );
    }
    if (key === undefined) {
      throw optionInvalid({ what: '没有给出要查的号码', usage: `interfaces ask ${ask.usage}` });
    }
    const purpose = required(ask, options, 'purpose');
    return inWorkspace(context, '点名查询', async ({ deaths, interfaces }, { terminal, json }) => {
      const world = { deaths, connectors: interfaces.connectors };
      const asker = { principal: cliPrincipal(), origin: ORIGIN };
      const found = await inquire(world, asker, { department, key, purpose });
      await interfaces.inbox.drain();
      terminal.out(json ? JSON.stringify(found) : inquiryText(found));
      return found.outcome === 'found' || found.outcome === 'none' ? 0 : 1;
    });
  },
};

/** Commands of 部门接口. */
export const interfacesCommands: readonly Command[] = [status, letters, replay, ask, check];
