import { writeFileSync } from "node:fs";
import * as z from "zod";
import { configSchema } from "./config.js";

/** Writes the JSON Schema of the configuration, for editors, to the file that is named on the command line. */
const [file = "schema.json"] = process.argv.slice(2);
const schema = z.toJSONSchema(configSchema, {
  io: "input",
  reused: "ref",
  // Editors see variables of the environment, not what they stand for.
  override: ({ jsonSchema }) => {
    delete jsonSchema.format;
    if (jsonSchema.pattern !== undefined) jsonSchema.pattern = `(?:${jsonSchema.pattern})|\\$\\{`;
  },
});
writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
