/** What a file is by its first bytes; names and declared types are not believed. */
interface FileKind {
  readonly mediaType: string;
  readonly extensions: readonly string[];
  matches(head: Buffer): boolean;
}

const startsWith =
  (...bytes: readonly number[]) =>
  (head: Buffer): boolean =>
    bytes.every((byte, index) => head[index] === byte);

const zip = startsWith(0x50, 0x4b, 0x03, 0x04);

/** Text has no control characters but line ends and tabs; a script is text too and is never run. */
function isText(head: Buffer): boolean {
  return head.length > 0 && head.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d].includes(byte));
}

const KINDS: readonly FileKind[] = [
  {
    mediaType: 'application/pdf',
    extensions: ['pdf'],
    matches: startsWith(0x25, 0x50, 0x44, 0x46, 0x2d),
  },
  { mediaType: 'image/jpeg', extensions: ['jpg', 'jpeg'], matches: startsWith(0xff, 0xd8, 0xff) },
  {
    mediaType: 'image/png',
    extensions: ['png'],
    matches: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  },
  { mediaType: 'application/zip', extensions: ['zip', 'ofd', 'docx', 'xlsx'], matches: zip },
  { mediaType: 'text/plain', extensions: ['txt', 'csv'], matches: isText },
];

/** Bytes needed to tell. */
export const HEAD_BYTES = 512;

/** The media type of a file whose first bytes and extension agree, else null. */
export function mediaTypeOf(head: Buffer, name: string): string | null {
  const extension = /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const kind = KINDS.find(({ extensions }) => extensions.includes(extension));
  return kind?.matches(head) === true ? kind.mediaType : null;
}
