/**
 * SQL that turns the time texts of other systems into Shanghai wall time, null where none is meant.
 * A text without a zone is wall time here. Microseconds are kept; nothing finer is.
 */
export function instantSql(text: string): string {
  const zoned = `make_timestamp(epoch_us(try_cast(${text} as timestamptz)) + 28800000000)`;
  const formats = [
    ...['%Y%m%d%H%M%S', '%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M', '%d-%m-%Y %H:%M:%S'],
    ...['%d-%m-%Y %H:%M', '%d.%m.%Y %H:%M:%S', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%Y%m%d'],
    ...['%Y年%m月%d日 %H:%M:%S', '%Y年%m月%d日'],
  ];
  const others = `try_strptime(${text}, [${formats.map((each) => `'${each}'`).join(', ')}])`;
  return `coalesce(${zoned}, ${others})`;
}
