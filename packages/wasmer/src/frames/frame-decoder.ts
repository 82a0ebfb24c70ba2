import { decodeHeader, type Frame, HEADER_BYTES } from "./frame.js";

/** The stream of frames is not one. Whoever sent it is not to be talked to any more. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** How many bytes of payload a frame may have, by its tag. A tag that is not there is unknown. */
export type PayloadLimits = ReadonlyMap<number, number>;

/**
 * Takes a stream of bytes in pieces of any size, and makes frames of them. Holds no more than one frame, and copies each byte
 * once: the payload is allocated when its size is known, and was compared with its limit.
 */
export class FrameDecoder {
  readonly #limits: PayloadLimits;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #frame: Frame | undefined;
  #payloadBytes = 0;

  constructor(limits: PayloadLimits) {
    this.#limits = limits;
  }

  /**
   * The frames that `piece` completes, one after the other. All have to be taken before the next piece is given.
   *
   * Throws a FrameError for an unknown tag, and for a payload beyond its limit, as soon as the header is there.
   */
  *push(piece: Uint8Array): Generator<Frame, void, void> {
    let rest = piece;
    while (rest.length > 0) {
      rest = this.#frame === undefined ? this.#takeHeader(rest) : this.#takePayload(this.#frame, rest);
      const frame = this.#frame;
      if (frame === undefined || this.#payloadBytes < frame.payload.length) continue;
      this.#frame = undefined;
      yield frame;
    }
  }

  /** The stream has ended. Throws a FrameError if it did so within a frame. */
  end(): void {
    if (this.#headerBytes > 0 || this.#frame !== undefined) {
      throw new FrameError("the stream ended within a frame");
    }
  }

  #takeHeader(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, HEADER_BYTES - this.#headerBytes);
    this.#header.set(taken, this.#headerBytes);
    this.#headerBytes += taken.length;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0;
      this.#payloadBytes = 0;
      this.#frame = this.#beginFrame();
    }
    return bytes.subarray(taken.length);
  }

  #beginFrame(): Frame {
    const { tag, payloadBytes, args } = decodeHeader(this.#header);
    const limit = this.#limits.get(tag);
    if (limit === undefined) throw new FrameError(`there is no frame with the tag ${tag}`);
    if (payloadBytes > limit) {
      throw new FrameError(`a frame with the tag ${tag} has ${payloadBytes} bytes, the limit is ${limit}`);
    }
    return { tag, args, payload: new Uint8Array(payloadBytes) };
  }

  #takePayload({ payload }: Frame, bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, payload.length - this.#payloadBytes);
    payload.set(taken, this.#payloadBytes);
    this.#payloadBytes += taken.length;
    return bytes.subarray(taken.length);
  }
}
