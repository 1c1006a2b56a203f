/** How the files of `actual` (bytes by name) depart from those of `expected`, a sentence each. */
export function folderDifferences(expected, actual) {
  const faults = [];
  for (const [name, bytes] of expected) {
    const found = actual.get(name);
    if (found === undefined) faults.push(`dist/${name}: missing`);
    else if (!bytes.equals(found)) faults.push(`dist/${name}: differs`);
  }
  for (const name of actual.keys()) if (!expected.has(name)) faults.push(`dist/${name}: not made by the build`);
  return faults;
}
