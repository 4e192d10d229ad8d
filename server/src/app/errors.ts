import { defineError } from '../kernel/index.ts';

export const commandUnknown = defineError(
  'APP_COMMAND_UNKNOWN',
  'invalid',
  ({ words }: { words: string }) => `没有“${words}”这个命令。执行 ./huiliu help 查看全部命令。`,
);

export const optionInvalid = defineError(
  'APP_OPTION_INVALID',
  'invalid',
  ({ what, usage }: { what: string; usage: string }) => `${what}。用法：./huiliu ${usage}`,
);
