import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PACK } from '../testing/pack.ts';
import { compareNames, type NameLikeness } from './compare-names.ts';

const TABLE: readonly [left: string | null, right: string | null, NameLikeness, why: string][] = [
  ['王建国', '王建国', 'same', '一字不差'],
  ['王 建国 ', '王建国', 'same_form', '空格'],
  ['王\u3000建国', '王建国', 'same_form', '全角空格'],
  ['阿依古丽·买买提', '阿依古丽•买买提', 'same_form', '间隔号写法'],
  ['阿依古丽・买买提', '阿依古丽.买买提', 'same_form', '间隔号写成点'],
  ['阿依古丽·买买提', '阿依古丽买买提', 'same_form', '没有间隔号'],
  ['ＬＩ ＬＥＩ', 'Li Lei', 'same_form', '全角字母、大小写'],
  ['王建國', '王建国', 'same_form', '繁体'],
  ['張軍偉', '张军伟', 'same_form', '繁体，三个字'],
  ['陳 麗華', '陈丽华', 'same_form', '繁体，又有空格'],
  ['李峯', '李峰', 'same_form', '异体字'],
  ['闫喆', '阎哲', 'same_form', '两个异体字'],
  ['张\uE863', '张䶮', 'same_form', '私用区与正式编码'],
  ['赵\uE844', '赵䜣', 'same_form', '私用区与正式编码'],
  ['张？', '张䶮', 'rare', '问号代替生僻字'],
  ['张\uF123', '张䶮', 'rare', '不认识的私用区字'],
  ['李伟平', '李韦平', 'one_character', '一字之差，声调不同'],
  ['李文平', '李闻平', 'pinyin', '同音'],
  ['刘静', '刘敬', 'pinyin', '同音'],
  ['WangJianguo', '王建国', 'pinyin', '拼音'],
  ['王玉兰', '王王兰', 'one_character', '形近字'],
  ['王建国', '王建设', 'one_character', '一字之差'],
  ['王建国', '王国', 'one_character', '少一字'],
  ['欧阳建国', '阳建国', 'one_character', '复姓少一字'],
  ['王建国', '李秀英', 'different', '完全不同'],
  ['王建国', '王秀英', 'different', '只有姓同'],
  ['王一', '李二', 'different', '两字都不同'],
  ['?', '王建国', 'different', '长度不同的占位'],
  ['王建国', null, 'unknown', '没有姓名'],
  ['  ', '王建国', 'unknown', '空白姓名'],
];

describe('the comparison of names', () => {
  for (const [left, right, likeness, why] of TABLE) {
    it(`calls it ${likeness}: ${why}`, () => {
      assert.equal(compareNames(PACK.names, left, right).likeness, likeness);
      assert.equal(compareNames(PACK.names, right, left).likeness, likeness, 'both ways');
    });
  }

  it('lets only equal names agree, and says why without a character of them', () => {
    for (const [left, right, likeness] of TABLE) {
      const { agrees, reason } = compareNames(PACK.names, left, right);
      assert.equal(agrees, likeness === 'same' || likeness === 'same_form');
      for (const char of ['王', '李', '张', '䶮']) assert.ok(!reason.includes(char));
    }
  });
});
