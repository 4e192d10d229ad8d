import { searchInvalid } from '../look/errors.ts';
import { type PersonKey, parsePersonKey } from '../person-key.ts';

/** By what a person is looked for (查人). */
export type SearchRequest =
  | { readonly kind: 'id_no' | 'person_id' | 'account'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string; readonly birthDate: string | null };

/** A request in the form in which the database holds the values. */
export type ParsedSearch =
  | { readonly kind: 'id_no'; readonly key: PersonKey }
  | { readonly kind: 'person_id'; readonly personId: string }
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'name'; readonly name: string; readonly birthDate: string };

/**
 * Reads what somebody typed or scanned.
 * @throws MUNICIPAL_SEARCH_INVALID, MUNICIPAL_PERSON_KEY_INVALID
 */
export function parseSearch(request: SearchRequest): ParsedSearch {
  switch (request.kind) {
    case 'id_no':
      return { kind: 'id_no', key: parsePersonKey(request.value) };
    case 'person_id':
      return { kind: 'person_id', personId: parsePersonKey(request.value).personId };
    case 'account': {
      const account = request.value.normalize('NFKC').replace(/[\s-]/gu, '').toUpperCase();
      if (!/^[0-9A-Z]{6,40}$/.test(account)) throw searchInvalid({ problem: 'account' });
      return { kind: 'account', account };
    }
    case 'name': {
      const name = normalisedName(request.value);
      if (!/^[^\d]{2,50}$/u.test(name)) throw searchInvalid({ problem: 'name' });
      if (request.birthDate === null) throw searchInvalid({ problem: 'birth' });
      return { kind: 'name', name, birthDate: request.birthDate };
    }
  }
}

/** One text for equal searches, for the keyed tag in the audit log. */
export function comparableSearch(search: ParsedSearch): string {
  switch (search.kind) {
    case 'id_no':
      return search.key.idNo ?? search.key.personId;
    case 'person_id':
      return search.personId;
    case 'account':
      return `account ${search.account}`;
    case 'name':
      return `name ${search.name} ${search.birthDate}`;
  }
}

/** As `person.name_norm` was made when the row came in: without space, one kind of middle dot. */
function normalisedName(text: string): string {
  return text
    .replace(/[\s　]/gu, '')
    .replace(/[•．‧・]/gu, '·')
    .normalize('NFC');
}
