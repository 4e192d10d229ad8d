import { Type } from '@fastify/type-provider-typebox';
import type { MunicipalContent } from '../../../contract/index.ts';
import { Text, TextOrNull } from '../fields.ts';
import { defineRoute } from '../route.ts';

const CatalogueSchema = Type.Object({
  tables: Type.Record(
    Type.String(),
    Type.Object({
      title: Text('表名'),
      columns: Type.Array(
        Type.Object({
          name: Text('字段'),
          code: TextOrNull('省字典代码'),
          title: Text('名称'),
          type: Text('类型'),
          codes: TextOrNull('代码表'),
          mask: Text('遮盖方式'),
        }),
      ),
    }),
  ),
  codes: Type.Record(Type.String(), Type.Record(Type.String(), Type.String()), {
    title: '代码表 → 代码 → 含义',
  }),
});

/** What tables, fields and codes are called (数据目录), so that pages show words and not codes. */
export const catalogueRoutes = [
  defineRoute({
    method: 'GET',
    url: '/api/catalogue',
    title: '表、字段和代码的名称',
    permission: 'self',
    scope: 'none',
    schema: { response: CatalogueSchema },
    handler: async ({ content }) => catalogueOf(content),
  }),
];

function catalogueOf({ tables, codeLists }: MunicipalContent) {
  return {
    tables: Object.fromEntries(
      [...tables].map(([name, { title, columns }]) => [
        name,
        {
          title,
          columns: columns.map(({ name, code, title, type, codes, mask }) => {
            return { name, code, title, type, codes, mask };
          }),
        },
      ]),
    ),
    codes: Object.fromEntries(
      [...codeLists].map(([id, { values }]) => [
        id,
        Object.fromEntries(values.map(({ value, label }) => [value, label])),
      ]),
    ),
  };
}
