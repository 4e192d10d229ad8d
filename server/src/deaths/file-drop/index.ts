export { type ImportReport, importList, type ListPreview, previewList } from './import-list.ts';
export { FIELDS, type Mapping } from './mapping.ts';
export { MOST_BYTES } from './read-list.ts';
