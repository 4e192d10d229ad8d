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

type Nothing = Readonly<Record<never, never>>;

export const pipelineNothing = defineError(
  'APP_PIPELINE_NOTHING',
  'conflict',
  (_: Nothing) => '还没有发布任何回流数据，没有可以比对和检查的。请先装入数据包。',
);

export const stepWaits = defineError(
  'APP_STEP_WAITS',
  'conflict',
  (d: { title: string }) => `前面的“${d.title}”没有完成，这一步没有做。前面的步骤成功后会接着做。`,
);

export const stepCancelled = defineError(
  'APP_STEP_CANCELLED',
  'conflict',
  (_: Nothing) => '被取消或服务停止，这一步没有做完。再次运行会从这里接着做。',
);

export const stepFailed = defineError(
  'APP_STEP_FAILED',
  'conflict',
  (d: { what: string }) => `${d.what}，这一步没有完成。再次运行会从这里接着做。`,
);

export const stepBroken = defineError(
  'APP_STEP_BROKEN',
  'unavailable',
  (d: { title: string }) =>
    `“${d.title}”因程序内部错误没有完成，其他步骤不受影响。请再次运行；仍不成功的，请系统管理员查看 log/server.log。`,
);

export const pipelineIncomplete = defineError(
  'APP_PIPELINE_INCOMPLETE',
  'unavailable',
  (d: { steps: string }) =>
    `发布后的比对与检查没有全部完成：${d.steps}。其余步骤已完成；重试时只做没有完成的步骤。`,
);

export const httpSettingsInvalid = defineError(
  'APP_HTTP_SETTINGS_INVALID',
  'invalid',
  ({ file }: { file: string }) =>
    `${file} 写法有误，服务没有启动。只能写 hosts（浏览器使用的主机名）、proxies（网关的地址或网段）和 public_url（浏览器地址栏里的网址，不带路径），每行一个。`,
);

export const cipherModuleMissing = defineError(
  'APP_CIPHER_MODULE_MISSING',
  'unavailable',
  (d: { source: string; reason: string }) =>
    `没有取得加密模块（${d.source}）：${d.reason}。内置模块照常可用，只是较慢。可在能联网的同样机器上取得 DuckDB 的 httpfs 扩展，再执行 ./huiliu cipher install 文件。`,
);
