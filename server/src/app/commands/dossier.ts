import { userInfo } from 'node:os';
import { type Dossier, openDossier } from '../../municipal/index.ts';
import { type Command, required } from '../command-line/index.ts';
import { optionInvalid } from '../errors.ts';
import { dossierText } from './dossier-text.ts';
import { inWorkspace } from './in-workspace.ts';

/** 一人一档 at the command line: the operator owns the machine, the look is audited all the same. */
export const dossierCommand: Command = {
  name: 'dossier',
  usage: '号码 --purpose 事由 [--matter 事项编号] [--as-of 包号]',
  summary: '查看一个人的全部记录（身份证号、旧 15 位号或个人编号）',
  options: {
    purpose: { type: 'string' },
    matter: { type: 'string' },
    'as-of': { type: 'string' },
  },
  run: (context, [key], options) => {
    if (key === undefined) {
      throw optionInvalid({ what: '没有给出要查的号码', usage: `dossier ${dossierCommand.usage}` });
    }
    const purpose = required(dossierCommand, options, 'purpose');
    return inWorkspace(context, '查看一人一档', async (workspace, { terminal, json }) => {
      const dossier = await openDossier(
        {
          key,
          purpose,
          ...(typeof options.matter === 'string' ? { matterNo: options.matter } : {}),
          ...(typeof options['as-of'] === 'string' ? { asOf: options['as-of'] } : {}),
          actor: `cli:${userInfo().username}`,
          origin: 'cli',
        },
        workspace.dossier,
      );
      terminal.out(json ? JSON.stringify(dossier) : dossierText(dossier, workspace.content));
      return 0;
    });
  },
};

export type { Dossier };
