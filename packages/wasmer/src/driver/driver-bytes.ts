import { driverModule } from "../generated/driver-module.js";

/** A fresh copy of the driver: the WebAssembly module made of `assembly`. */
export function driverBytes(): Uint8Array {
  return Uint8Array.from(atob(driverModule), (character) => character.charCodeAt(0));
}
