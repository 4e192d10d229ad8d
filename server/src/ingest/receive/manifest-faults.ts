import { Compile } from 'typebox/compile';
import { type ManifestJson, manifestSchema } from './manifest-schema.ts';

const validator = Compile(manifestSchema);
/** More would hide the first ones. */
const MAX_SHOWN = 5;

/** What of a JSON schema is needed to find the description of a place in it. */
interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Tells whether a parsed document has the manifest's shape. */
export function isManifestJson(value: unknown): value is ManifestJson {
  return validator.Check(value);
}

/**
 * Says in Chinese where a document departs from the manifest's shape: the path, what is expected
 * there and what was found. The first five places are told.
 */
export function describeManifestFaults(value: unknown): string {
  const paths = faultyPaths(value);
  const shown = paths.slice(0, MAX_SHOWN).map((path) => faultText(value, path));
  if (paths.length > MAX_SHOWN) shown.push(`另有 ${paths.length - MAX_SHOWN} 处`);
  return shown.join('；');
}

function faultyPaths(value: unknown): string[] {
  const paths = new Set<string>();
  for (const error of validator.Errors(value)) {
    if (error.keyword === 'required') {
      const { requiredProperties } = error.params;
      for (const name of requiredProperties) paths.add(`${error.instancePath}/${name}`);
    } else paths.add(error.instancePath);
  }
  // Where a part is at fault the whole is too; only the part helps the sender.
  const all = [...paths];
  return all.filter((path) => !all.some((other) => other.startsWith(`${path}/`)));
}

function faultText(root: unknown, path: string): string {
  const keys = path.split('/').slice(1).map(unescapeKey);
  const found = keys.reduce(memberOf, root);
  const expected = expectedAt(keys);
  const place = placeText(root, keys);
  if (found === undefined) return `缺少 ${place}（应为${expected}）`;
  return `${place} 应为${expected}，实际是 ${foundText(found)}`;
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function expectedAt(keys: readonly string[]): string {
  let node: SchemaNode | undefined = manifestSchema as SchemaNode;
  for (const key of keys) node = node === undefined ? undefined : childOf(node, key);
  return node?.description ?? '约定的内容';
}

function childOf(node: SchemaNode, key: string): SchemaNode | undefined {
  if (node.items !== undefined) return node.items;
  if (node.properties !== undefined && Object.hasOwn(node.properties, key)) {
    return node.properties[key];
  }
  if (node.patternProperties !== undefined) return Object.values(node.patternProperties)[0];
  return node.anyOf?.map((form) => childOf(form, key)).find((child) => child !== undefined);
}

/** `datasets[1]（person）.rows`: the index for programs, the dataset's name for people. */
function placeText(root: unknown, keys: readonly string[]): string {
  let text = '';
  let value = root;
  for (const key of keys) {
    value = memberOf(value, key);
    text += /^\d+$/.test(key) ? `[${key}]` : `${text === '' ? '' : '.'}${key.slice(0, 64)}`;
    const name = keys[0] === 'datasets' && /^\d+$/.test(key) ? memberOf(value, 'dataset') : null;
    if (typeof name === 'string') text += `（${name.slice(0, 64)}）`;
  }
  return text === '' ? '清单' : text;
}

function foundText(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (Array.isArray(value)) return `${value.length} 项的列表`;
  if (typeof value !== 'string') return '一个对象';
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}…` : value);
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
