export const author = 'The mlops-actions authors';

/** The first line of generated files that can hold a comment. */
export function generatedNote(name: string): string {
  return `Generated from actions/${name}/spec.ts by \`npm run generate\`. Do not edit: change spec.ts.`;
}
