/** What the driver knows of the guard: its exports. One that the guard has not traps. */

// @ts-ignore: decorator
@external("guard", "guardhost.countdown")
export declare let countdown: i32;

// @ts-ignore: decorator
@external("guard", "guardhost.start")
export declare function start(): void;

// @ts-ignore: decorator
@external("guard", "_initialize")
export declare function initialize(): void;

// @ts-ignore: decorator
@external("guard", "alloc")
export declare function alloc(size: u32): u32;

// @ts-ignore: decorator
@external("guard", "dealloc")
export declare function dealloc(pointer: u32, size: u32): void;

// @ts-ignore: decorator
@external("guard", "label_agent")
declare function label_agent(input: u32, inputBytes: u32, output: u32, outputBytes: u32): i32;

// @ts-ignore: decorator
@external("guard", "label_resource")
declare function label_resource(input: u32, inputBytes: u32, output: u32, outputBytes: u32): i32;

// @ts-ignore: decorator
@external("guard", "label_response")
declare function label_response(input: u32, inputBytes: u32, output: u32, outputBytes: u32): i32;

/** Runs a label function, by its place in the order in which the ABI lists them. */
export function label(operation: u32, input: u32, inputBytes: u32, output: u32, outputBytes: u32): i32 {
  switch (operation) {
    case 0:
      return label_agent(input, inputBytes, output, outputBytes);
    case 1:
      return label_resource(input, inputBytes, output, outputBytes);
    default:
      return label_response(input, inputBytes, output, outputBytes);
  }
}
