export * from './figures.ts';
export { type Content, escapeHtml, type Html, html } from './markup.ts';
export { longName, shortName } from './names.ts';
export { htmlPage, maximumPageBytes, type Page, type Section } from './page.ts';
export * from './parts.ts';
export * from './table.ts';
