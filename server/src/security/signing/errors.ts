import { defineError } from '../../kernel/index.ts';

export const keyFileExposed = defineError(
  'SECURITY_KEY_FILE_EXPOSED',
  'invalid',
  (d: { file: string; mode: string }) =>
    `密钥文件 ${d.file} 的权限是 ${d.mode}，本机其他用户也能读写，密钥可能泄露。请执行 chmod 600 '${d.file}' 后重试；如怀疑已泄露，请与来源方更换密钥。`,
);

export const keyFileInvalid = defineError(
  'SECURITY_KEY_FILE_INVALID',
  'invalid',
  (d: { file: string; problems: readonly string[] }) =>
    `密钥文件 ${d.file} 有 ${d.problems.length} 处错误，未启用其中任何密钥：${d.problems.join('；')}。请逐处改正后重试。`,
);

export const keyFileUnreadable = defineError(
  'SECURITY_KEY_FILE_UNREADABLE',
  'unavailable',
  (d: { file: string; reason: string }) =>
    `密钥文件 ${d.file} 无法读取（${d.reason}），不能验证来源签名。请检查文件是否存在读权限、磁盘是否正常。`,
);
