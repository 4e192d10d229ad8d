/** Freezes plain objects and arrays all the way down and returns the same value. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** A map whose content cannot change; `Object.freeze` alone leaves `set` working. */
export function frozenMap<K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, V> {
  const map = new Map(entries);
  for (const value of map.values()) deepFreeze(value);
  return sealed(map, ['set', 'delete', 'clear']);
}

/** A set whose content cannot change. */
export function frozenSet<V>(values: Iterable<V>): ReadonlySet<V> {
  return sealed(new Set(values), ['add', 'delete', 'clear']);
}

function sealed<T extends object>(collection: T, methods: readonly string[]): T {
  const refuse = (): never => {
    throw new TypeError('content is read-only');
  };
  for (const method of methods) Object.defineProperty(collection, method, { value: refuse });
  return Object.freeze(collection);
}
