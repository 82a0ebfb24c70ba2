import { decodeString, utf8Length } from "./json-string";
import { spells } from "./text";

/** Containers that may be open at once. Real documents need a dozen; a hostile one must not use up the stack. */
const MAX_DEPTH: i32 = 128;
/** Longest string, still escaped, that {@link JsonReader.is} decodes. Every known name is far shorter. */
const MAX_NAME: i32 = 192;

const nameBuffer: usize = memory.data(192);

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const BACKSLASH: u32 = 0x5c;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/**
 * Reads a JSON document in place, from front to back, and builds nothing.
 *
 * Every byte is checked, also of values that are skipped: RFC 8259 and strict UTF-8. After a problem every method
 * answers false and stays where it is, so a caller looks at {@link problem} once, at the end.
 */
@unmanaged
export class JsonReader {
  private start: usize;
  private at: usize;
  private end: usize;
  private depth: i32;
  /** The innermost open container has no member or element yet. */
  private fresh: bool;
  /** Address of a literal, because unmanaged objects hold no references. */
  private complaint: usize;

  /** The last string or key that was read: its bytes between the quotes, escapes as written. */
  text: usize;
  length: i32;
  escaped: bool;

  begin(text: usize, length: u32): void {
    this.start = text;
    this.at = text;
    this.end = text + length;
    this.depth = 0;
    this.fresh = false;
    this.complaint = 0;
    this.text = text;
    this.length = 0;
    this.escaped = false;
  }

  /** What is wrong with the document, or an empty text. */
  get problem(): string {
    return this.complaint == 0 ? "" : changetype<string>(this.complaint);
  }

  /** How many bytes have been read: where the problem is, if there is one. */
  get offset(): u32 {
    return <u32>(this.at - this.start);
  }

  get broken(): bool {
    return this.complaint != 0;
  }

  /** Where the next value begins. Two calls around {@link skip} bound a value that is read later. */
  position(): usize {
    this.peek();
    return this.at;
  }

  /** Records what is wrong. The first problem wins. Answers false. */
  refuse(complaint: string): bool {
    if (this.complaint == 0) this.complaint = changetype<usize>(complaint);
    return false;
  }

  /** Ends the document: only white space may be left. */
  finish(): bool {
    if (this.broken) return false;
    this.peek();
    return this.at == this.end || this.refuse("text after the end of the document");
  }

  /** Opens an object. */
  object(): bool {
    return this.open(OPEN_OBJECT, "an object is expected");
  }

  /** Opens an array. */
  array(): bool {
    return this.open(OPEN_ARRAY, "an array is expected");
  }

  /** Goes to the next member of the open object, whose value comes next; false after the last one, which closes it. */
  key(): bool {
    if (!this.advance(CLOSE_OBJECT) || !this.string()) return false;
    if (this.peek() != COLON) return this.refuse("a colon is expected");
    this.at++;
    return true;
  }

  /** Goes to the next element of the open array, which comes next; false after the last one, which closes it. */
  element(): bool {
    return this.advance(CLOSE_ARRAY);
  }

  /** Reads a string. */
  string(): bool {
    if (this.broken) return false;
    if (this.peek() != QUOTE) return this.refuse("a string is expected");
    const start = this.at + 1;
    const end = this.end;
    let at = start;
    this.escaped = false;
    while (at < end) {
      const byte: u32 = load<u8>(at);
      if (byte == QUOTE) {
        this.text = start;
        this.length = <i32>(at - start);
        this.at = at + 1;
        return true;
      }
      if (byte == BACKSLASH) {
        this.escaped = true;
        const size = escapeLength(at, end);
        if (size == 0) return this.refuse("an escape sequence is not valid");
        at += size;
      } else if (byte < 0x20) {
        return this.refuse("a string holds a control character");
      } else if (byte < 0x80) {
        at++;
      } else {
        const size = utf8Length(at, end);
        if (size == 0) return this.refuse("a string is not valid UTF-8");
        at += size;
      }
    }
    return this.refuse("the text ends inside a string");
  }

  /** Reads `true` or `false`; the value is {@link length}, 1 or 0. */
  boolean(): bool {
    const truth = this.peek() == 0x74;
    if (!this.word(truth ? "true" : "false")) return this.refuse("true or false is expected");
    this.length = truth ? 1 : 0;
    return true;
  }

  /** Whether the last string equals the literal, however it was escaped. */
  is(name: string): bool {
    if (!this.escaped) return spells(this.text, this.length, name);
    if (this.length > MAX_NAME) return false;
    const length = decodeString(this.text, this.length, nameBuffer);
    return length >= 0 && spells(nameBuffer, length, name);
  }

  /** Reads a value of any kind and forgets it. Nests no deeper than the depth limit. */
  skip(): bool {
    const byte = this.peek();
    if (this.broken) return false;
    if (byte == QUOTE) return this.string();
    if (byte == OPEN_OBJECT) {
      this.object();
      while (this.key()) this.skip();
      return !this.broken;
    }
    if (byte == OPEN_ARRAY) {
      this.array();
      while (this.element()) this.skip();
      return !this.broken;
    }
    if (byte == 0x74) return this.word("true") || this.refuse("a value is expected");
    if (byte == 0x66) return this.word("false") || this.refuse("a value is expected");
    if (byte == 0x6e) return this.word("null") || this.refuse("a value is expected");
    return this.number();
  }

  /** The byte at which the next token begins, or 0 at the end. */
  private peek(): u32 {
    let at = this.at;
    const end = this.end;
    while (at < end) {
      const byte: u32 = load<u8>(at);
      if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) {
        this.at = at;
        return byte;
      }
      at++;
    }
    this.at = at;
    return 0;
  }

  private open(bracket: u32, complaint: string): bool {
    if (this.broken) return false;
    if (this.peek() != bracket) return this.refuse(complaint);
    if (this.depth == MAX_DEPTH) return this.refuse("the nesting is deeper than 128");
    this.at++;
    this.depth++;
    this.fresh = true;
    return true;
  }

  private advance(bracket: u32): bool {
    if (this.broken) return false;
    const byte = this.peek();
    if (byte == bracket) {
      this.at++;
      this.depth--;
      this.fresh = false;
      return false;
    }
    if (this.fresh) {
      this.fresh = false;
      return true;
    }
    if (byte != COMMA) return this.refuse("a comma or a closing bracket is expected");
    this.at++;
    return true;
  }

  private word(literal: string): bool {
    const size = literal.length;
    if (this.broken || this.end - this.at < <usize>size || !spells(this.at, size, literal)) return false;
    this.at += size;
    return true;
  }

  private number(): bool {
    if (this.end > this.at && load<u8>(this.at) == 0x2d) this.at++;
    if (this.end > this.at && load<u8>(this.at) == 0x30) this.at++;
    else if (this.digits() == 0) return this.refuse("a value is expected");
    if (this.end > this.at && load<u8>(this.at) == 0x2e) {
      this.at++;
      if (this.digits() == 0) return this.refuse("a number is not valid");
    }
    if (this.end > this.at && (load<u8>(this.at) | 0x20) == 0x65) {
      this.at++;
      if (this.end > this.at && (load<u8>(this.at) == 0x2b || load<u8>(this.at) == 0x2d)) this.at++;
      if (this.digits() == 0) return this.refuse("a number is not valid");
    }
    return true;
  }

  private digits(): i32 {
    let count = 0;
    while (this.end > this.at && <u32>load<u8>(this.at) - 0x30 < 10) {
      this.at++;
      count++;
    }
    return count;
  }
}

/** Length of the escape sequence at `at`, 0 if it is not valid. */
function escapeLength(at: usize, end: usize): usize {
  if (end - at < 2) return 0;
  const byte: u32 = load<u8>(at + 1);
  if (byte == 0x75) {
    if (end - at < 6) return 0;
    for (let i: usize = 2; i < 6; i++) {
      const digit: u32 = load<u8>(at + i);
      if (!(digit - 0x30 < 10) && !((digit | 0x20) - 0x61 < 6)) return 0;
    }
    return 6;
  }
  // " \ / b f n r t
  return byte == 0x22 || byte == 0x5c || byte == 0x2f || byte == 0x62 || byte == 0x66 || byte == 0x6e ||
      byte == 0x72 || byte == 0x74
    ? 2
    : 0;
}
