/** An attribute of a case or an event: type as in XES, value, attributes of the attribute. */
export interface Attribute {
  /** string, date, int, float, boolean, id, list, container. */
  readonly t: string;
  readonly v: string | null;
  n?: Record<string, Attribute>;
}

/** Attributes as the log keeps them: one JSON text, null where there are none. */
export function attributesText(attributes: Readonly<Record<string, Attribute>>): string | null {
  for (const _ in attributes) return JSON.stringify(attributes);
  return null;
}

/** Reads what {@link attributesText} wrote. */
export function parseAttributes(text: string | null): Record<string, Attribute> {
  return text === null ? {} : (JSON.parse(text) as Record<string, Attribute>);
}
