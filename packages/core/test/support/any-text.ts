import fc from "fast-check";

/** Any sequence of UTF-16 code units, unpaired surrogates and controls included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xff }),
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
    ),
  )
  .map((units) => String.fromCharCode(...units));
