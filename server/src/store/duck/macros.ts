/**
 * Functions of the portable SQL that Trino has under these names.
 * Temporary, so every connection makes its own: a full disk cannot keep the database from opening,
 * and no stale version stays in the file.
 *
 * DuckDB's levenshtein counts bytes, which makes 张三 and 张四 three apart; each character is first
 * replaced by one ASCII letter of a private alphabet (exact up to 127 different characters).
 * approx_percentile is exact here: the approximation is no faster and differs from run to run.
 */
export const portableMacros = `
create or replace temp macro regexp_like(subject, pattern) as regexp_matches(subject, pattern);
create or replace temp macro array_join(list, delimiter) as array_to_string(list, delimiter);
create or replace temp macro last_day_of_month(day) as last_day(day);
create or replace temp macro approx_percentile(x, share) as quantile_disc(x, share);
create or replace temp macro levenshtein_letters(subject, alphabet) as
  array_to_string(list_transform(string_split(subject, ''), lambda c: chr(list_position(alphabet, c)::integer)), '');
create or replace temp macro levenshtein_distance(a, b) as
  case when a is null or b is null then null
       when a = '' or b = '' then length(a || b)
       when strlen(a) = length(a) and strlen(b) = length(b) then levenshtein(a, b)
       else levenshtein(levenshtein_letters(a, list_distinct(string_split(a || b, ''))),
                        levenshtein_letters(b, list_distinct(string_split(a || b, '')))) end;
`;
