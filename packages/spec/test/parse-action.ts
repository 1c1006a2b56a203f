import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

interface Parser {
  parseAction(
    file: { readonly name: string; readonly content: string },
    trace: { error(message: string): void; info(message: string): void; verbose(message: string): void },
  ): { readonly context: { readonly errors: { getErrors(): readonly { readonly message: string }[] } } };
}

let parser: Promise<Parser> | undefined;

/** What GitHub's own parser of action.yml says against a text. */
export async function githubFaults(content: string): Promise<string[]> {
  parser ??= loadParser();
  const quiet = { error: ignore, info: ignore, verbose: ignore };
  const { context } = (await parser).parseAction({ name: 'action.yml', content }, quiet);
  return context.errors.getErrors().map((error) => error.message);
}

function ignore(): void {}

/** The package imports JSON in a way that Node refuses, so it is bundled first. */
async function loadParser(): Promise<Parser> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-action-parser-'));
  try {
    const outfile = join(folder, 'parser.mjs');
    const entryPoints = ['@actions/workflow-parser/actions/action-parser'];
    const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', banner: { js } });
    return (await import(pathToFileURL(outfile).href)) as Parser;
  } finally {
    await rm(folder, { recursive: true });
  }
}
