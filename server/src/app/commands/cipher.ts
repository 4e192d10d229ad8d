import { installModule, moduleToLoad } from '../cipher-module/index.ts';
import type { Command } from '../command-line/index.ts';

const statusCommand: Command = {
  name: 'cipher status',
  usage: '',
  summary: '市级数据库用哪种加密模块：OpenSSL（快），还是内置的',
  options: {},
  run: async ({ terminal, json, env }) => {
    const file = moduleToLoad(env.HULIU_DUCKDB_CRYPTO);
    const cipher = file === undefined ? 'builtin' : 'openssl';
    const words =
      cipher === 'openssl'
        ? `用 OpenSSL 加解密，模块：${file}`
        : '用 DuckDB 内置模块加解密，读写较慢。执行 ./huiliu cipher install 换用 OpenSSL，数据不用改动。';
    terminal.out(json ? JSON.stringify({ cipher, file: file ?? null }) : words);
    return 0;
  },
};

const installCommand: Command = {
  name: 'cipher install',
  usage: '[FILE]',
  summary: '安装 DuckDB 官方签名的加密模块（httpfs 扩展），下次启动生效',
  options: {},
  run: async ({ terminal, json }, [source]) => {
    const file = await installModule({ source });
    terminal.out(
      json
        ? JSON.stringify({ cipher: 'openssl', file })
        : `已核对签名并试用，装在 ${file}。重新启动服务后生效；已有数据照常可读。`,
    );
    return 0;
  },
};

/** The module the municipal database is encrypted with. */
export const cipherCommands: readonly Command[] = [statusCommand, installCommand];
