import type { HuiliuError } from '../../kernel/index.ts';
import {
  duckDiskFull,
  duckFatal,
  duckInterrupted,
  duckMemory,
  duckQuery,
  duckUnreadable,
} from '../errors.ts';

const reasons: readonly (readonly [RegExp, string])[] = [
  [/^Constraint Error/, '违反数据约束'],
  [/^Conversion Error/, '值的类型不符'],
  [/^Out of Range Error/, '数值超出范围'],
  [/^(Parser|Syntax) Error/, '语句写法有误'],
  [/^Binder Error/, '列、参数或类型对不上'],
  [/^Catalog Error/, '表、视图或函数不存在'],
  [/^Permission Error/, '不允许访问文件夹之外的文件或修改锁定的设置'],
  [/^TransactionContext Error/, '与同时进行的另一项写入冲突'],
  [/^IO Error/, '读写文件失败'],
  [/^(INTERNAL|FATAL) Error/, '数据库内部错误'],
];

const noSpace = /no space left|not enough space|disk is full|disk full|ENOSPC/i;

/** Blocks of the file that are not what was written, or not there any more. */
const damaged = /Corrupt database file|Could not read enough bytes|AES tag differs/i;

/** Tells whether the instance is of no use after this error until it is opened anew. */
export function isFatal(error: unknown): boolean {
  const text = messageOf(error);
  return /^(FATAL|INTERNAL) Error/.test(text) || /database has been invalidated/i.test(text);
}

/**
 * Turns what the driver threw into a registered error.
 * The driver's own text may quote values of persons, so it stays in `cause` only.
 */
export function asStoreError(
  error: unknown,
  engine: { file: string; memoryLimit: string; broken: boolean },
): HuiliuError {
  const text = messageOf(error);
  if (engine.broken || isFatal(error)) {
    return duckFatal({ reason: noSpace.test(text) ? '磁盘已满' : '数据库已停用' }, error);
  }
  if (noSpace.test(text)) return duckDiskFull({ file: engine.file }, error);
  if (/^Out of Memory Error/.test(text)) {
    return duckMemory({ memoryLimit: engine.memoryLimit }, error);
  }
  if (/^INTERRUPT Error/i.test(text)) return duckInterrupted({}, error);
  if (damaged.test(text)) return duckUnreadable({ file: engine.file }, error);
  const reason = reasons.find(([pattern]) => pattern.test(text))?.[1] ?? '未知原因';
  return duckQuery({ reason }, error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
