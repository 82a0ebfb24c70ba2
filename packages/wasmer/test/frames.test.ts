import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, type Frame, HEADER_BYTES } from "../src/frames/frame.js";
import { FrameDecoder, FrameError } from "../src/frames/frame-decoder.js";

const limits = new Map([
  [1, 0],
  [2, 10],
  [3, 2_000],
]);

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const frame: fc.Arbitrary<Frame> = fc.constantFrom(...limits).chain(([tag, limit]) =>
  fc.record({
    tag: fc.constant(tag),
    args: fc.array(word, { minLength: 6, maxLength: 6 }),
    payload: fc.uint8Array({ maxLength: limit }),
  }),
);

/** The frames as one stream. */
function stream(frames: readonly Frame[]): Uint8Array {
  return Buffer.concat(frames.map(({ tag, args, payload }) => encodeFrame(tag, args, payload)));
}

/** All that comes of these pieces. */
function decode(pieces: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder(limits);
  const frames = pieces.flatMap((piece) => [...decoder.push(piece)]);
  decoder.end();
  return frames;
}

/** The bytes, cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return at.slice(1).map((end, i) => bytes.slice(at[i], end));
}

describe("frames", () => {
  test("come out of a stream as they went in, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat()), (frames, places) => {
        expect(decode(cut(stream(frames), places))).toEqual(frames);
      }),
    );
  });

  test("come out of single bytes", () => {
    const frames = [{ tag: 3, args: [1, 2, 3, 4, 5, 0xffff_ffff], payload: new Uint8Array([7, 8, 9]) }];
    const bytes = stream([...frames, ...frames]);
    expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([...frames, ...frames]);
  });

  test("share nothing with the stream", () => {
    const bytes = encodeFrame(2, [], new Uint8Array([1, 2]));
    const [decoded] = decode([bytes]);
    bytes.fill(0);
    expect(decoded?.payload).toEqual(new Uint8Array([1, 2]));
  });

  test("keep arguments modulo 2^32, so that negative codes come through", () => {
    expect((decode([encodeFrame(1, [-2])])[0]?.args[0] as number) | 0).toBe(-2);
  });
});

describe("what is no stream of frames", () => {
  test("ends within one", () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.nat(), (frames, at) => {
        const bytes = stream(frames);
        const ends = new Set([0]);
        for (const one of frames) ends.add(([...ends].at(-1) as number) + HEADER_BYTES + one.payload.length);
        const length = at % bytes.length;
        fc.pre(!ends.has(length));
        expect(() => decode([bytes.slice(0, length)])).toThrow(FrameError);
      }),
    );
  });

  test("has a payload beyond its limit, which is not waited for", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...limits),
        fc.integer({ min: 1, max: 0x7fff_ffff }),
        ([tag, limit], more) => {
          const header = encodeFrame(tag);
          new DataView(header.buffer).setUint32(4, limit + more, true);
          expect(() => [...new FrameDecoder(limits).push(header)]).toThrow(/the limit is/);
        },
      ),
    );
  });

  test("has a negative size", () => {
    const header = encodeFrame(3);
    new DataView(header.buffer).setInt32(4, -1, true);
    expect(() => decode([header])).toThrow(FrameError);
  });

  test("has a tag that nobody knows", () => {
    fc.assert(
      fc.property(
        word.filter((tag) => !limits.has(tag)),
        (tag) => {
          expect(() => decode([encodeFrame(tag)])).toThrow("there is no frame");
        },
      ),
    );
  });

  test("lies about a size: what follows is read as what it is not", () => {
    const header = encodeFrame(2);
    new DataView(header.buffer).setUint32(4, 5, true);
    // The frame behind becomes its payload, and what is left of that no frame.
    expect(() => decode([header, encodeFrame(1)])).toThrow(FrameError);
  });
});
