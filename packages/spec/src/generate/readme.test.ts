import { describe, expect, test } from '@jest/globals';
import { sample, small } from '../../test/samples.ts';
import { betweenMarkers, inputTables, outputTable, stepsTable } from './readme.ts';

describe('tables for README pages', () => {
  test('inputs by heading', () => {
    expect(inputTables(sample)).toBe(`| Input | What it is | Default |
| --- | --- | --- |
| \`name\` | Name of the thing. Must be lower-case letters, digits and hyphens, starting with a letter. | **required** |
| \`columns\` | Columns to use. One a line, or separated by commas on one line. | |
| \`hyperparameters\` | Passed to the script. One \`name: value\` a line. | |
| \`checks\` | What must hold. YAML or JSON. | |
| \`notes\` | Shown in the report. | |

**Common**

| Input | What it is | Default |
| --- | --- | --- |
| \`provider\` | Where the work runs. One of: local, sagemaker. | \`local\` |
| \`dry-run\` | Print the plan \\| change nothing. | \`false\` |
| \`use-cache\` | Use what is there. | \`true\` |
| \`api-token\` | Opens the endpoint. Secret: pass it from the secrets of your CI system. | |

**Resources**

| Input | What it is | Default |
| --- | --- | --- |
| \`instance-count\` | How many machines. Must be a whole number from 1 to 100. | \`1\` |
| \`ratio\` | A share of the traffic. Must be a number of at least 0. | |
| \`max-runtime\` | When to give up. Must be a length of time such as 90s, 45m, 2h, 1h30m or 1d, from 1m to 5d. | \`1h\` |
`);
    expect(inputTables(small)).toBe('None.\n');
  });

  test('what would be HTML is text, and code stays code', () => {
    const help = 'A <b> and `<name>.json` or `a|b`.';
    expect(outputTable({ ...small, outputs: { a: { help } } })).toContain('| A &lt;b> and `<name>.json` or `a\\|b`. |');
  });

  test('outputs and steps', () => {
    expect(outputTable(sample)).toBe(`| Output | What it is |
| --- | --- |
| \`model-uri\` | Where the model is. |
| \`p95-ms\` | The 95th percentile. |
`);
    expect(outputTable(small)).toBe('None.\n');
    expect(stepsTable([sample, small])).toBe(`| Step | What it does | Outputs |
| --- | --- | --- |
| [\`sample-step\`](actions/sample-step/README.md) | Does one thing of each kind. It exists for tests only. | \`model-uri\`, \`p95-ms\` |
| [\`small\`](actions/small/README.md) | Does little. | |
`);
  });
});

describe('markers', () => {
  const page = 'a\n<!-- x:start -->\nold\n<!-- x:end -->\nb\n';

  test('the text between them is replaced, and twice is once', () => {
    const once = betweenMarkers(page, 'x', 'new $& line\n');
    expect(once).toBe('a\n<!-- x:start -->\nnew $& line\n<!-- x:end -->\nb\n');
    expect(betweenMarkers(once ?? '', 'x', 'new $& line\n')).toBe(once);
  });

  test.each(['a', '<!-- x:start -->', '<!-- x:end -->\n<!-- x:start -->', '<!-- y:start --><!-- y:end -->'])(
    '%j has no pair',
    (text) => expect(betweenMarkers(text, 'x', 'new')).toBeUndefined(),
  );
});
