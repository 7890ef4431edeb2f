import theirs from 'bpmn-js-i18n-zh/lib/bpmn-js';
import theirPanel from 'bpmn-js-i18n-zh/lib/properties-panel';
import english from './en.js';
import tables from './tables.js';
import ours from './zh.js';

export const chinese = { ...theirs, ...theirPanel, ...tables, ...ours };
export const speaksChinese = () => document.documentElement.lang === 'zh-CN';

/** Phrases without Chinese; a browser test reads them from the page and fails. */
const untranslated = new Set();

/** Return a phrase in the language of the page, with `{names}` filled in. */
export function say(phrase, values = {}) {
  let said = english[phrase] ?? phrase;
  if (speaksChinese() && phrase) {
    said = chinese[phrase];
    if (said === undefined) {
      said = phrase;
      if (/[A-Za-z]{2}/.test(phrase)) untranslated.add(phrase);
      document.body.dataset.untranslated = JSON.stringify([...untranslated]);
    }
  }
  return said.replace(/{([^}]+)}/g, (_, name) => values[name.trim()] ?? `{${name}}`);
}

/** Return the words of the page's language out of `{en, zh_CN}`. */
export const inLanguage = (words) => (speaksChinese() ? words?.zh_CN || words?.en : words?.en || words?.zh_CN) || '';
