import type { GuardEngine } from "@guardhost/core";
import { native } from "@guardhost/native";

/** The engines that a guard can be called on, by name. */
export const engines: { readonly native: () => GuardEngine } = { native };

/** One of {@link engines}. */
export type EngineName = keyof typeof engines;
