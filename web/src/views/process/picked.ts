/** Stands in the address before what is to be left out instead of kept. */
const NOT = '!';

/** What somebody picked from the map, as the address keeps it. */
export function picked(text: string): { readonly exclude: boolean; readonly value: string } {
  const exclude = text.startsWith(NOT);
  return { exclude, value: exclude ? text.slice(NOT.length) : text };
}

/** The opposite of it: what was kept is left out, and the other way round. */
export function turned(text: string): string {
  const { exclude, value } = picked(text);
  return exclude ? value : NOT + value;
}
