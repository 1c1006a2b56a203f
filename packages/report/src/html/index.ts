export * from './figures.ts';
export { type Content, type Html, html } from './markup.ts';
export { shortName } from './names.ts';
export { htmlPage, type Page, type Section } from './page.ts';
export * from './parts.ts';
export * from './table.ts';
