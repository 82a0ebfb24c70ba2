import { HOST_CALL_WEIGHT, INDIRECT_CALL_WEIGHT } from "./weights";

/** What JavaScript has read of the module whose code is written anew. */
@unmanaged
class Guest {
  importedFunctions: u32;
  functions: u32;
  types: u32;
  globals: u32;
  /** {@link FunctionFacts} by index. */
  functionFacts: usize;
  /** By type index, how many parameters it has. */
  typeParameters: usize;
  /** The bits of features that are not prepared for. */
  refused: u32;
  /** What a call through a table costs. */
  indirectCallWeight: i32;

  // What is added to it: the new indices of functions, and that of a global.
  /** By how much the indices of its own functions rise. */
  shift: u32;
  check: u32;
  pause: u32;
  ask: u32;
  buy: u32;
  charge: u32;
  countdown: u32;

  /** The new index of a function. */
  renumber(index: u32): u32 {
    return index < this.importedFunctions ? index : index + this.shift;
  }

  factsOf(index: u32): FunctionFacts {
    return changetype<FunctionFacts>(this.functionFacts + <usize>index * offsetof<FunctionFacts>());
  }

  /** To be called when JavaScript has written all facts. */
  weighIndirectCalls(): void {
    this.indirectCallWeight = INDIRECT_CALL_WEIGHT;
    for (let index: u32 = 0; index < this.importedFunctions; index++) {
      if (this.factsOf(index).isReferenced) this.indirectCallWeight = HOST_CALL_WEIGHT;
    }
  }

  takesParameters(type: u32): bool {
    return load<u32>(this.typeParameters + ((<usize>type) << 2)) != 0;
  }
}

export const guest = changetype<Guest>(memory.data(offsetof<Guest>()));

// In FunctionFacts.parameters:
/** Something else than a call can reach the function. */
const REFERENCED: u32 = 0x8000_0000;
/** Only as an export that it has not had: `ref.func` must not name it. */
const UNDECLARED: u32 = 0x4000_0000;

/** What to know of a function. JavaScript writes the first field. */
@unmanaged
export class FunctionFacts {
  private parameters: u32;
  /** Where its body begins and ends. 0 if it is imported. */
  body: usize;
  bodyEnd: usize;
  /** What it charges its callers: 0 if it pays for itself, or {@link UNKNOWN_CHARGE}. */
  leafCharge: i32;
  /** Where its body is, if it was written when it was first called: in bytes from the beginning of all such. */
  written: u32;
  writtenEnd: u32;

  get parameterCount(): u32 {
    return this.parameters & ~(REFERENCED | UNDECLARED);
  }

  get isUndeclared(): bool {
    return (this.parameters & UNDECLARED) != 0;
  }

  get isReferenced(): bool {
    return (this.parameters & REFERENCED) != 0;
  }
}

/** The charge of a function that nobody has looked at. */
export const UNKNOWN_CHARGE = -1;
