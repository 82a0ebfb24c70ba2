import { REFUSED } from "../failure-kinds";
import { ByteWriter } from "./byte-writer";
import { exchange, fail } from "./exchange";
import { guest } from "./guest";
import { allocate } from "./heap";
import { Instrumenter } from "./instrumenter";
import { locals, readLocals } from "./locals";
import { FREE_LOCALS } from "./weights";

/** Writes one function body after the other anew. */
@unmanaged
export class BodyWriter {
  private instrumenter: Instrumenter;

  /** As an {@link Instrumenter}. */
  static create(functionWeight: i32, stopsAtCalls: bool): BodyWriter {
    const writer = changetype<BodyWriter>(allocate(offsetof<BodyWriter>()));
    writer.instrumenter = Instrumenter.create(functionWeight, stopsAtCalls);
    return writer;
  }

  /** Writes a body, which {@link writeTo} then copies. False if that is left unfinished, because it calls something. */
  write(index: u32): bool {
    const facts = guest.factsOf(index);
    const body = this.instrumenter.body;
    body.at = facts.body;
    body.end = facts.bodyEnd;
    body.functionIndex = index;
    readLocals(body);
    const groups = locals.groups;
    const start = locals.start;
    const end = locals.end;
    const count = locals.count;
    const typedBlocks = exchange.typedBlocks;
    if (!this.instrumenter.instrument(facts.parameterCount + count)) {
      // It will be read once more.
      exchange.typedBlocks = typedBlocks;
      return false;
    }
    body.finish();
    exchange.addLocals(count);
    if (exchange.features & guest.refused) fail(REFUSED, "", body, body.at);
    this.instrumenter.writer.finish(groups, start, end, body.at);
    return true;
  }

  /** What the function that was written charges when it is entered. */
  get charge(): i32 {
    return this.instrumenter.writer.entryCharge;
  }

  /** Whether the function that was written calls nothing, and has few enough locals not to pay for them. */
  get callsNothing(): bool {
    const writer = this.instrumenter.writer;
    return writer.calls == 0 && writer.locals <= FREE_LOCALS;
  }

  /** As a {@link FunctionWriter}. */
  writeTo(out: ByteWriter, isLeaf: bool): void {
    this.instrumenter.writer.writeTo(out, isLeaf);
  }
}
