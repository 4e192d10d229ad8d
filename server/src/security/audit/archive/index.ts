export type { ArchiveFault, BadArchive } from './check-archives.ts';
export { confirmArchive, type DoneArchive, refuseArchive } from './decide-archive.ts';
export { type ArchiveRequest, type ListedArchive, listArchives } from './list-archives.ts';
export { type ArchivePreview, previewArchive } from './preview-archive.ts';
export type { ArchiveRecord } from './read-archives.ts';
export {
  type ArchiveWish,
  type Archivist,
  type AskedArchive,
  requestArchive,
} from './request-archive.ts';
export { listArchived } from './search-archived.ts';
