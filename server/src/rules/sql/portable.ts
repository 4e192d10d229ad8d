/**
 * What a rule's SQL may use: only what both DuckDB and Trino know under the same name and meaning,
 * so that a province runs the same files on a cluster.
 */

/** Functions with the same name and meaning on both engines (some through macros of `store`). */
export const PORTABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['count', 'count_star', 'sum', 'min', 'max', 'avg', 'max_by', 'min_by', 'array_agg'],
  ...['bool_and', 'bool_or', 'stddev_samp', 'stddev_pop', 'approx_percentile', 'corr'],
  ...['row_number', 'rank', 'dense_rank', 'lag', 'lead', 'first_value', 'last_value', 'ntile'],
  ...['abs', 'floor', 'ceil', 'ceiling', 'round', 'sqrt', 'ln', 'exp', 'power', 'mod', 'sign'],
  ...['coalesce', 'nullif', 'greatest', 'least', 'if'],
  ...['length', 'lower', 'upper', 'trim', 'ltrim', 'rtrim', 'substr', 'substring', 'concat'],
  ...['replace', 'reverse', 'strpos', 'starts_with', 'split_part', 'lpad', 'rpad', 'translate'],
  ...['regexp_like', 'levenshtein_distance', 'array_join', 'contains'],
  // What the parser makes of `interval '30' day`.
  ...['to_days', 'to_months', 'to_years', 'to_hours', 'to_minutes', 'to_seconds', 'trunc'],
  ...['date_trunc', 'date_diff', 'last_day_of_month', 'year', 'month', 'day', 'hour', 'minute'],
  ...['day_of_week', 'date_part'],
]);

/** Operators the parser shows as functions. */
export const PORTABLE_OPERATORS: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', '||', '~~', '!~~', 'not'],
]);

/** Why a name that is not portable is not, and what to write instead. */
export const INSTEAD: Readonly<Record<string, string>> = {
  string_agg: 'array_join(array_agg(x order by y), 分隔符)',
  listagg: 'array_join(array_agg(x order by y), 分隔符)',
  list: 'array_agg',
  arg_max: 'max_by',
  arg_min: 'min_by',
  strftime: '日期用 date 比较，不要变成文字',
  now: ':as_of',
  today: ':as_of',
  current_date: ':as_of',
  random: '规则的结果必须每次相同',
  quantile_disc: 'approx_percentile',
  datediff: 'date_diff',
  regexp_matches: 'regexp_like',
  last_day: 'last_day_of_month',
  '//': 'cast(floor(cast(a as double) / b) as integer)',
};
