// Compile every schema of an OpenAPI document, strictly: of components, of parameters and of what is sent and answered.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2]);
const Ajv = require("ajv/dist/2020").default;
const formats = require("ajv-formats").default;

const described = JSON.parse(readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true, unicodeRegExp: true });
formats(ajv);
ajv.addVocabulary(["components", "example"]);
// Everything refers to the document, so each is compiled inside a copy of its components.
const whole = (schema) => ({ ...schema, components: described.components });
let count = 0;

function compile(schema, at) {
  try {
    const check = ajv.compile(whole(schema));
    count += 1;
    for (const value of [schema.default, ...(schema.examples ?? [])]) {
      if (value !== undefined && !check(value)) throw new Error(ajv.errorsText(check.errors));
    }
  } catch (fault) {
    console.error(`${at}: ${fault.message}`);
    process.exitCode = 1;
  }
}

function walk(node, at) {
  if (node === null || typeof node !== "object") return;
  for (const [name, each] of Object.entries(node)) {
    if (name === "schema") compile(each, `${at}/${name}`);
    else walk(each, `${at}/${name}`);
  }
}

for (const [name, schema] of Object.entries(described.components.schemas)) {
  compile(schema, name);
  for (const [field, each] of Object.entries(schema.properties ?? {})) compile(each, `${name}.${field}`);
}
walk(described.paths, "paths");
walk(described.components.headers, "headers");
console.log(count);
