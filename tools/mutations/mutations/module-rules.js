/** Rules about what may run as a guard. */

/** @type {readonly import("../mutation.js").Mutation[]} */
export const moduleMutations = [
  {
    package: "engine",
    file: "rewritten-guard.ts",
    find: "assertGuardModule(description, limits);",
    replace: "undefined;",
    fails: "validation:no-label-agent",
  },
  .../** @type {const} */ ([
    ["...sizeProblems(module, limits),", "validation:module-too-large"],
    ["...labelFunctionProblems(module),", "validation:label-without-result"],
    ["...memoryProblems(module, limits),", "validation:memory-too-large"],
    ["...allocatorProblems(module, limits),", "validation:no-allocator"],
    [
      "...optionalFunctionProblems(module, INITIALIZE_EXPORT, INITIALIZE_SIGNATURE),",
      "validation:initialize-with-result",
    ],
    ["...module.imports.flatMap(importProblems),", "validation:unknown-host-function"],
    ["...tableProblems(module, limits),", "validation:table-too-large"],
  ]).map(
    ([find, fails]) =>
      /** @type {const} */ ({ package: "core", file: "module/module-problems.ts", find, replace: "", fails }),
  ),
  .../** @type {const} */ ([
    ["gc: ", "validation:garbage-collection"],
    ['"typed-function-references": ', "validation:function-references"],
    ["memory64: ", "validation:memory64"],
    ['"multi-memory": ', "validation:multi-memory"],
  ]).map(
    ([find, fails]) =>
      /** @type {const} */ ({
        package: "core",
        file: "module/module-problems.ts",
        find,
        replace: "unknown: undefined && ",
        fails,
      }),
  ),
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "!Object.hasOwn(IMPORTABLE, module)",
    replace: "false",
    fails: "validation:import-from-prototype",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "Object.hasOwn(functions, name) ? functions[name] : undefined",
    replace: "functions[name]",
    fails: "validation:prototype-member",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "missing.length > 0 && !limits.allowDirectMemory",
    replace: "missing.length > 1 && !limits.allowDirectMemory",
    fails: "validation:half-an-allocator",
  },
  {
    package: "engine",
    file: "guard-modules.ts",
    find: "return [maxModuleBytes, maxMemoryPages, maxTableElements,",
    replace: "return [maxModuleBytes, maxTableElements,",
    fails: "isolation:limits-of-loads",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: 'element === "exnref"',
    replace: "false",
    fails: "validation:table-of-exceptions",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: '["i32", "i64", "f32", "f64"]',
    replace: '["i32", "i64", "f32", "f64", "exnref"]',
    fails: "validation:exception-of-exceptions",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: '["i32", "i64", "f32", "f64"]',
    replace: '["i32", "i64", "f32", "f64", "v128"]',
    fails: "validation:exception-of-vectors",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "params.length > MODULE_LIMITS.tagParameters",
    replace: "false",
    fails: "validation:large-exceptions",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "signatureValues > MODULE_LIMITS.signatureValues",
    replace: "false",
    fails: "validation:long-signature",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "nesting > MODULE_LIMITS.nesting",
    replace: "false",
    fails: "validation:nested-too-deep",
  },
  {
    package: "core",
    file: "module/module-problems.ts",
    find: "        typedBlocks,\n",
    replace: "",
    fails: "validation:too-many-typed-blocks",
  },
  .../** @type {const} */ ([
    "types,\n",
    "imports: imports.length,\n",
    "functions,\n",
    "locals,\n",
    "tables: tables.length,\n",
    "globals,\n",
    "tags: tags.length,\n",
    "exports: exports.length,\n",
    "elements,\n",
  ]).map(
    (find) =>
      /** @type {const} */ ({
        package: "core",
        file: "module/module-problems.ts",
        find: `        ${find}`,
        replace: "",
        fails: `validation:too-many-${find.split(/\W/)[0]}`,
      }),
  ),
];
