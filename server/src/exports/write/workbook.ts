import type { ExportColumn, ExportRow } from '../model.ts';
import { columnLetters, inertText, shownText, xmlText } from './cell.ts';
import type { ZipWriter } from './zip-writer.ts';

/** Rows a sheet may have, the heading included. */
const SHEET_ROWS = 1_048_576;
/** Text handed on at a time. */
const CHUNK = 64 * 1024;

/** Indices into `cellXfs` of {@link STYLES}. */
const STYLE = { text: 1, heading: 2, money: 3, count: 4, wrapped: 5 } as const;
const STYLE_OF = { text: STYLE.text, money_fen: STYLE.money, count: STYLE.count } as const;

/** What stands on the first sheet and in the page header of every other one. */
export interface Explanation {
  readonly title: string;
  /** Name and value, one below the other. */
  readonly lines: readonly (readonly [string, string])[];
  /** Number of this export, by which a copy is traced (水印编号). */
  readonly watermarkId: string;
  /** Shown in the header of each printed page. */
  readonly watermark: string;
}

export interface WorkbookContent {
  readonly explanation: Explanation;
  readonly columns: readonly ExportColumn[];
  readonly rows: AsyncIterable<ExportRow>;
  readonly at: string;
  readonly onRows?: (written: number) => void;
}

/**
 * Writes a spreadsheet (xlsx) while its rows arrive: 导出说明 first, then the data, a further sheet
 * after each million rows. Numbers that name something are text cells of format `@`. Returns the
 * number of rows. Memory does not grow with them.
 */
export async function writeWorkbook(
  zip: ZipWriter,
  content: WorkbookContent,
  sheetRows = SHEET_ROWS,
): Promise<number> {
  const { explanation, columns } = content;
  const letters = columns.map((_, at) => columnLetters(at));
  const rows = content.rows[Symbol.asyncIterator]();
  let written = 0;
  let sheets = 0;
  let more = true;
  const sheet = async function* (): AsyncGenerator<string> {
    yield sheetHead(columns);
    let text = '';
    for (let row = 2; row <= sheetRows; row += 1) {
      const next = await rows.next();
      if (next.done === true) {
        more = false;
        break;
      }
      written += 1;
      text += rowXml(row, columns, letters, next.value);
      if (text.length >= CHUNK) {
        yield text;
        text = '';
        content.onRows?.(written);
      }
    }
    yield `${text}</sheetData>${pageSetup(explanation.watermark)}</worksheet>`;
    content.onRows?.(written);
  };
  await zip.add('xl/worksheets/sheet1.xml', [explanationSheet(explanation)]);
  while (more) {
    sheets += 1;
    await zip.add(`xl/worksheets/sheet${sheets + 1}.xml`, sheet());
  }
  for (const [name, text] of frame(sheets, explanation, content.at)) await zip.add(name, [text]);
  return written;
}

function sheetHead(columns: readonly ExportColumn[]): string {
  const widths = columns.map(
    ({ width }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
  );
  const heading = columns.map((column, at) =>
    textCell(`${columnLetters(at)}1`, headingOf(column), STYLE.heading),
  );
  return `${XML}<worksheet ${MAIN}><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">${heading.join('')}</row>`;
}

function headingOf({ title, kind }: ExportColumn): string {
  return kind === 'money_fen' ? `${title}（元）` : title;
}

function rowXml(
  row: number,
  columns: readonly ExportColumn[],
  letters: readonly string[],
  values: ExportRow,
): string {
  let cells = '';
  for (const [at, column] of columns.entries()) {
    const text = shownText(column, values[at] ?? null);
    if (text === '') continue;
    const place = `${letters[at]}${row}`;
    cells +=
      column.kind === 'text'
        ? textCell(place, text, STYLE.text)
        : `<c r="${place}" s="${STYLE_OF[column.kind]}"><v>${text}</v></c>`;
  }
  return `<row r="${row}">${cells}</row>`;
}

function textCell(place: string, text: string, style: number): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

function explanationSheet({ title, lines, watermark }: Explanation): string {
  const rows = [['导出说明', title] as const, ...lines].map(([name, value], at) => {
    const row = at + 1;
    const cells = `${textCell(`A${row}`, name, STYLE.heading)}${textCell(`B${row}`, inertText(value), STYLE.wrapped)}`;
    return `<row r="${row}">${cells}</row>`;
  });
  return `${XML}<worksheet ${MAIN}><cols><col min="1" max="1" width="16" customWidth="1"/><col min="2" max="2" width="90" customWidth="1"/></cols><sheetData>${rows.join('')}</sheetData>${pageSetup(watermark)}</worksheet>`;
}

/** The watermark heads each printed page; in the header `&` begins a command. */
function pageSetup(watermark: string): string {
  const text = xmlText(watermark.replaceAll('&', '&&'));
  return `<pageMargins left="0.5" right="0.5" top="0.8" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape"/><headerFooter><oddHeader>&amp;C&amp;K808080${text}</oddHeader><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>`;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN =
  'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const STYLES = `${XML}<styleSheet ${MAIN}><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFDDEBF7"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" xfId="0"/><xf numFmtId="49" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="2" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/><xf numFmtId="4" xfId="0" applyNumberFormat="1"/><xf numFmtId="3" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>`;

/** The parts around the sheets; the number of the export also stands in the file's properties. */
function frame(
  dataSheets: number,
  { title, watermarkId }: Explanation,
  at: string,
): readonly (readonly [string, string])[] {
  const names = ['导出说明', ...Array.from({ length: dataSheets }, (_, i) => sheetName(title, i))];
  const sheets = names.map((name, i) => ({ name, id: i + 1 }));
  const overrides = sheets.map(
    ({ id }) =>
      `<Override PartName="/xl/worksheets/sheet${id}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`,
  );
  return [
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>${overrides.join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="${PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
    ],
    [
      'docProps/core.xml',
      `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${xmlText(title)}</dc:title><dc:identifier>${xmlText(watermarkId)}</dc:identifier><dcterms:created xsi:type="dcterms:W3CDTF">${at}</dcterms:created></cp:coreProperties>`,
    ],
    [
      'xl/workbook.xml',
      `${XML}<workbook ${MAIN}><sheets>${sheets.map(({ name, id }) => `<sheet name="${xmlText(name)}" sheetId="${id}" r:id="rId${id}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships">${sheets.map(({ id }) => `<Relationship Id="rId${id}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${id}.xml"/>`).join('')}<Relationship Id="rId${sheets.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', STYLES],
  ];
}

/** At most 31 characters, none of those a sheet name may not have. */
function sheetName(title: string, index: number): string {
  const base = [...title.replaceAll(/[[\]:*?/\\']/g, ' ')].slice(0, 26).join('');
  return index === 0 ? base : `${base} ${index + 1}`;
}
