export type { FoundPerson } from './found-person.ts';
export {
  MOST_HITS,
  type PersonSearch,
  type SearchAnswer,
  searchPersons,
} from './search-persons.ts';
export type { SearchRequest } from './search-request.ts';
