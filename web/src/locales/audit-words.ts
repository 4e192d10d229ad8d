export const OUTCOMES: Readonly<Record<string, string>> = {
  ok: '成功',
  refused: '拒绝',
  not_found: '未找到',
  ambiguous: '不唯一',
  failed: '失败',
};

/** What became of a request to archive; whoever asked can take it back. */
export const ARCHIVE_STATES = {
  open: '待确认',
  done: '已归档',
  refused: '已退回',
  withdrawn: '已撤回',
} as const;

/** What is wrong with a file of an archive. */
export const ARCHIVE_FAULTS: Readonly<Record<string, string>> = {
  missing: '不见了',
  truncated: '被截短',
  edited: '被改动',
  swapped: '放的是别的归档',
  unregistered: '有签名，数据库里没有登记',
};
