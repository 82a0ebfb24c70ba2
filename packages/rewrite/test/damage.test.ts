import { expect, describe as group, test } from "vitest";
import { describe, WasmFormatError } from "../src/index.js";
import { assemble, id, name, preamble, section, typeSection, withCode, withTypes } from "./assemble.js";

const fiveBytes = [0x80, 0x80, 0x80, 0x80];

/** Damaged modules, by what is wrong with them: the exact message, which ends in the offset. */
const damage: Readonly<Record<string, Readonly<Record<string, readonly [Uint8Array, string]>>>> = {
  preamble: {
    "no bytes": [Uint8Array.of(), "expected a WebAssembly module, found no bytes at offset 0x0"],
    "three bytes": [
      Uint8Array.of(0, 0x61, 0x73),
      "expected a WebAssembly module (00 61 73 6d), found 00 61 73 at offset 0x0",
    ],
    "another format": [
      Uint8Array.from(Buffer.from("(module)")),
      "expected a WebAssembly module (00 61 73 6d), found 28 6d 6f 64 at offset 0x0",
    ],
    "no version": [
      Uint8Array.from(preamble.slice(0, 4)),
      "expected WebAssembly version 01 00 00 00, found nothing at offset 0x4",
    ],
    "another version": [
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0),
      "expected WebAssembly version 01 00 00 00, found 02 00 00 00 at offset 0x4",
    ],
    "a component": [
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 7, 1, 0),
      "found a WebAssembly component, not a core module (version 0d 00 01 00) at offset 0x4",
    ],
  },
  sections: {
    "unknown id": [assemble([14, 0]), "unknown section id 14 at offset 0x8"],
    "id without a size": [
      assemble([1]),
      "expected the size of the type section, found the end of the module at offset 0x9",
    ],
    "size beyond the module": [
      assemble([1, 9, 0]),
      "expected the type section of 9 bytes, found 1 before the end of the module at offset 0xa",
    ],
    "content shorter than the size": [
      assemble(section(id.type, 0, 0x60)),
      "expected the end of the type section, found more up to 0xc at offset 0xb",
    ],
    "content longer than the size": [
      assemble([id.type, 2, 1, 0x60, 0, 0]),
      "expected the number of parameters, found the end of the type section at offset 0xc",
    ],
    "the same twice": [
      assemble(section(id.type, 0), section(id.type, 0)),
      "expected the type section once and in order, found a second one at offset 0xb",
    ],
    "out of order": [
      assemble(section(id.import, 0), section(id.type, 0)),
      "expected the type section once and in order, found it behind the import section at offset 0xb",
    ],
    "tags behind globals": [
      assemble(section(id.global, 0), section(id.tag, 0)),
      "expected the tag section once and in order, found it behind the global section at offset 0xb",
    ],
    "data count behind code": [
      assemble(section(id.code, 0), section(id.dataCount, 0)),
      "expected the data count section once and in order, found it behind the code section at offset 0xb",
    ],
    "functions without code": [
      assemble(typeSection, section(id.function, 2, 0, 0)),
      "expected as many bodies as functions (2), found no code section at offset 0x13",
    ],
    "fewer bodies than functions": [
      assemble(typeSection, section(id.function, 2, 0, 0), section(id.code, 1, 2, 0, 0x0b)),
      "expected as many bodies as functions (2), found 1 at offset 0x15",
    ],
    "code without functions": [
      assemble(section(id.code, 1, 2, 0, 0x0b)),
      "expected as many bodies as functions (0), found 1 at offset 0xa",
    ],
    "more data than announced": [
      assemble(section(id.dataCount, 0), section(id.data, 1, 1, 0)),
      "expected as many data segments as announced (0), found 1 at offset 0x10",
    ],
    "announced data that is missing": [
      assemble(section(id.dataCount, 1)),
      "expected as many data segments as announced (1), found 0 at offset 0xb",
    ],
  },
  numbers: {
    "u32 of six bytes": [
      assemble([id.memory, 0x81, ...fiveBytes, 0]),
      "expected the size of the memory section as u32, found an over-long LEB128 in the module at offset 0x9",
    ],
    "u32 of 33 bits": [
      assemble([id.memory, ...fiveBytes, 0x10]),
      "expected the size of the memory section as u32, found a LEB128 that overflows in the module at offset 0x9",
    ],
    "u64 of 65 bits": [
      assemble(section(id.memory, 1, 4, ...fiveBytes, ...fiveBytes, 0x80, 2)),
      "expected a minimum as u64, found a LEB128 that overflows in the memory section at offset 0xc",
    ],
    "u64 of eleven bytes": [
      assemble(section(id.memory, 1, 4, ...fiveBytes, ...fiveBytes, 0x80, 0x80, 0)),
      "expected a minimum as u64, found an over-long LEB128 in the memory section at offset 0xc",
    ],
    "s32 of 33 bits": [
      withCode([0x41, ...fiveBytes, 0x08]),
      "expected a constant as s32, found a LEB128 that overflows in the body of function 0 at offset 0x18",
    ],
    "s32 of six bytes": [
      withCode([0x41, ...fiveBytes, 0x80, 0]),
      "expected a constant as s32, found an over-long LEB128 in the body of function 0 at offset 0x18",
    ],
    "s33 of 34 bits": [
      withCode([0x02, ...fiveBytes, 0x10]),
      "expected a block type as s33, found a LEB128 that overflows in the body of function 0 at offset 0x18",
    ],
    "s64 of 65 bits": [
      withCode([0x42, ...fiveBytes, ...fiveBytes, 0x80, 0x02]),
      "expected a constant as s64, found a LEB128 that overflows in the body of function 0 at offset 0x18",
    ],
    "s64 of eleven bytes": [
      withCode([0x42, ...fiveBytes, ...fiveBytes, 0x80, 0x80, 0]),
      "expected a constant as s64, found an over-long LEB128 in the body of function 0 at offset 0x18",
    ],
    "a count beyond the bytes": [
      withTypes(0xff, 0xff, 0x03),
      "expected 65535 types, found only 0 bytes before the end of the type section at offset 0xa",
    ],
    "a count beyond what engines take": [
      withTypes(0xff, 0xff, 0xff, 0x7f),
      "expected at most 1000000 types, found 268435455 in the type section at offset 0xa",
    ],
  },
  names: {
    "not UTF-8": [
      assemble(section(id.custom, 3, 0x61, 0xc3, 0x28)),
      "expected a custom section's name in UTF-8, found other bytes in the custom section at offset 0xc",
    ],
    "beyond the section": [
      assemble(section(id.custom, 2, 0x61)),
      "expected a custom section's name of 2 bytes, found 1 before the end of the custom section at offset 0xb",
    ],
    "a module name that is not UTF-8": [
      assemble(section(id.import, 1, 1, 0xff, 0, 3, 0x7f, 0)),
      "expected a module name in UTF-8, found other bytes in the import section at offset 0xc",
    ],
    "an export's name that is not UTF-8": [
      assemble(section(id.export, 1, 1, 0x80, 3, 0)),
      "expected an export's name in UTF-8, found other bytes in the export section at offset 0xc",
    ],
  },
  indices: {
    "type of a function": [
      assemble(typeSection, section(id.function, 1, 1)),
      "expected a type index below 1, found 1 in the function section at offset 0x11",
    ],
    "type that is no function type": [
      assemble(section(id.type, 1, 0x5f, 0), section(id.function, 1, 0)),
      "expected the index of a function type, found 0 in the function section at offset 0x10",
    ],
    "type of an import": [
      assemble(section(id.import, 1, 0, 0, 0, 0)),
      "expected a type index below 0, found 0 in the import section at offset 0xe",
    ],
    export: [
      assemble(section(id.export, 1, 0, 2, 0)),
      "expected a memory index below 0, found 0 in the export section at offset 0xd",
    ],
    start: [
      assemble(section(id.start, 0)),
      "expected a function index below 0, found 0 in the start section at offset 0xa",
    ],
  },
  codes: {
    "kind of an import": [
      assemble(section(id.import, 1, ...name("m"), ...name("n"), 5, 0)),
      "expected a kind to be 0 to 4, found 5 in the import section at offset 0xf",
    ],
    "form of a type": [
      withTypes(1, 0x61, 0, 0),
      "expected a function type (0x60), found the unknown form 0x61 in the type section at offset 0xb",
    ],
    "value type": [
      withTypes(1, 0x60, 1, 0x40, 0),
      "expected a type, found the unknown 0x40 in the type section at offset 0xd",
    ],
    "heap type": [
      withTypes(1, 0x60, 1, 0x63, 0x40, 0),
      "expected a heap type, found the unknown 0x40 in the type section at offset 0xe",
    ],
    "mutability of a global": [
      assemble(section(id.global, 1, 0x7f, 2, 0x41, 0, 0x0b)),
      "expected a mutability to be 0 to 1, found 2 in the global section at offset 0xc",
    ],
    "attribute of a tag": [
      assemble(typeSection, section(id.tag, 1, 1, 0)),
      "expected the attribute of a tag below 1, found 1 in the tag section at offset 0x11",
    ],
    "flags of a memory": [
      assemble(section(id.memory, 1, 8, 1)),
      "expected the flags of limits, found the unknown 0x8 in the memory section at offset 0xb",
    ],
    "flags of a table": [
      assemble(section(id.table, 1, 0x70, 3, 1, 1)),
      "expected the flags of limits, found the unknown 0x3 in the table section at offset 0xc",
    ],
    "table with an initializer": [
      assemble(section(id.table, 1, 0x40, 1, 0x70, 0, 1)),
      "expected a reserved byte to be 0, found 1 in the table section at offset 0xc",
    ],
    "flags of an element segment": [
      assemble(section(id.element, 1, 8)),
      "expected the flags of an element segment below 8, found 8 in the element section at offset 0xb",
    ],
    "kind of elements": [
      assemble(section(id.element, 1, 1, 1, 0)),
      "expected the kind of elements to be 0, found 1 in the element section at offset 0xc",
    ],
    "flags of a data segment": [
      assemble(section(id.data, 1, 3)),
      "expected the flags of a data segment below 3, found 3 in the data section at offset 0xb",
    ],
    "size of a data segment": [
      assemble(section(id.data, 1, 1, 9, 0)),
      "expected a data segment of 9 bytes, found 1 before the end of the data section at offset 0xd",
    ],
  },
  instructions: {
    "unknown opcode": [withCode([0xd7]), "unknown opcode 0xd7 at offset 0x17"],
    "unknown opcode behind a prefix": [
      withCode([0xfd, 0x9a, 0x01]),
      "unknown opcode 0xfd 0x9a at offset 0x17",
    ],
    "opcode behind a prefix beyond all tables": [
      withCode([0xfe, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      "unknown opcode 0xfe 0xffffffff at offset 0x17",
    ],
    "missing end": [
      withCode([0x02, 0x40]),
      "expected an instruction, found the end of the body of function 0 at offset 0x1a",
    ],
    "something behind the end": [
      withCode([0x0b, 0x01]),
      "expected the end of the body of function 0, found more up to 0x1a at offset 0x18",
    ],
    "else without if": [withCode([0x05]), "found else where no construct can have one at offset 0x17"],
    alignment: [
      withCode([0x28, 0x80, 0x01, 0]),
      "expected an alignment below 64, found 128 in the body of function 0 at offset 0x18",
    ],
    "constant cut off": [
      withCode([0x44, 0]),
      "expected a constant of 8 bytes, found 2 before the end of the body of function 0 at offset 0x18",
    ],
    "select with two types": [
      withCode([0x1c, 2, 0x7f, 0x7f]),
      "expected one type for select, found 2 in the body of function 0 at offset 0x18",
    ],
    "labels beyond the body": [
      withCode([0x0e, 9, 0]),
      "expected 9 labels, found only 2 bytes before the end of the body of function 0 at offset 0x18",
    ],
    "catch clause": [
      withCode([0x1f, 0x40, 1, 4, 0, 0x0b]),
      "expected the kind of a catch clause to be 0 to 3, found 4 in the body of function 0 at offset 0x1a",
    ],
    "cast flags": [
      withCode([0xfb, 24, 4, 0, 0, 0]),
      "expected the flags of a cast to be 0 to 3, found 4 in the body of function 0 at offset 0x19",
    ],
    "atomic.fence": [
      withCode([0xfe, 3, 1]),
      "expected a reserved byte to be 0, found 1 in the body of function 0 at offset 0x19",
    ],
    "constant expression without an end": [
      assemble(section(id.global, 1, 0x7f, 0, 0x41, 0)),
      "expected an instruction, found the end of the global section at offset 0xf",
    ],
    "body beyond the section": [
      assemble(typeSection, section(id.function, 1, 0), section(id.code, 1, 3, 0, 0x0b)),
      "expected the body of function 0 of 3 bytes, found 2 before the end of the code section at offset 0x16",
    ],
  },
};

group.each(Object.entries(damage))("damaged %s", (_, cases) => {
  test.each(Object.entries(cases))("%s", (_, [module, message]) => {
    const error = errorOf(module);
    expect(error.message).toBe(message);
    expect(error.name).toBe("WasmFormatError");
    expect(message.endsWith(` at offset 0x${error.offset.toString(16)}`)).toBe(true);
    expect(WebAssembly.validate(module as BufferSource)).toBe(false);
  });
});

function errorOf(module: Uint8Array): WasmFormatError {
  try {
    describe(module);
  } catch (error) {
    if (error instanceof WasmFormatError) return error;
    throw error;
  }
  throw new Error("the module was described");
}
