import { Label } from "./label.js";

/** What a thing is: how secret, and how trustworthy. */
export interface Labels {
  /** Who may learn of it: those who hold all of these tags. */
  readonly secrecy: Label;
  /** Who vouches for it. */
  readonly integrity: Label;
}

/** Labels of a thing that a guard has described for people. The description is the guard's text: untrusted. */
export interface DescribedLabels extends Labels {
  readonly description?: string;
}

/** The lowest labels: public, and vouched for by everybody. What is joined with them stays as it is. */
export const lowestLabels: Labels = Object.freeze({ secrecy: Label.none, integrity: Label.all });

/** Labels of what is made of things with these labels: all their secrecy, and the integrity that they share. */
export function joinLabels(labels: Iterable<Labels>): Labels {
  const secrecy = new Set<Label>();
  const integrity = new Set<Label>();
  for (const part of labels) {
    secrecy.add(part.secrecy);
    integrity.add(part.integrity);
  }
  return { secrecy: Label.union(secrecy), integrity: Label.intersection(integrity) };
}

/**
 * Whether what has `source` labels may flow to what has `target` labels: the target holds all secrecy tags of the source,
 * and the source all integrity tags of the target. A partial order.
 */
export function canFlow(source: Labels, target: Labels): boolean {
  return source.secrecy.isSubsetOf(target.secrecy) && target.integrity.isSubsetOf(source.integrity);
}
