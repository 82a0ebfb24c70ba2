import { byHand } from "./by-hand.js";
import type { Contender } from "./contender.js";
import { extismContenders } from "./extism.js";
import { guardhostContenders } from "./guardhost.js";
import { jcoContender } from "./jco.js";
import { wapcContender } from "./wapc.js";

/** Everything that is compared. The peers must be installed. */
export async function allContenders(): Promise<readonly Contender[]> {
  return [
    ...guardhostContenders,
    byHand,
    ...(await extismContenders()),
    await wapcContender(),
    await jcoContender(),
  ];
}
