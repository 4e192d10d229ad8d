import { defineError } from '../kernel/index.ts';

export const commandUnknown = defineError(
  'APP_COMMAND_UNKNOWN',
  'invalid',
  ({ words }: { words: string }) => `没有“${words}”这个命令。执行 ./huiliu help 查看全部命令。`,
);

export const portTaken = defineError(
  'APP_PORT_TAKEN',
  'conflict',
  ({ port }: { port: number }) =>
    `端口 ${port} 已被其他程序占用。请用 --port 换一个端口，或停止占用它的程序后再试。`,
);

export const optionInvalid = defineError(
  'APP_OPTION_INVALID',
  'invalid',
  ({ what, usage }: { what: string; usage: string }) => `${what}。用法：./huiliu ${usage}`,
);
