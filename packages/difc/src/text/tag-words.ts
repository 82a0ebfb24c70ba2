import { quoteText } from "./quote-text.js";

/** Integrity levels of allow-only policies, from the highest on. */
const LEVELS = ["merged", "approved", "unapproved"];
const PRIVATE = "private";

/** Tags that are listed one by one. */
const MAX_LISTED = 5;

/** The integrity that `tags` stand for: the highest level among them, with or without a scope, or else the tags (spec 3.4). */
export function integrityWords(tags: readonly string[]): string {
  const bare = new Set(tags.map(withoutScope));
  const level = LEVELS.find((name) => bare.has(name));
  return level === undefined ? listed(tags) : quoteText(level);
}

/** The scope that `tags` stand for: the longest private one, or else the tags (spec 3.4). */
export function scopeWords(tags: readonly string[]): string {
  const scopes = tags
    .filter((tag) => tag.startsWith(`${PRIVATE}:`))
    .map((tag) => tag.slice(PRIVATE.length + 1));
  const longest = scopes.reduce((one, other) => (other.length > one.length ? other : one), "");
  if (longest !== "") return `${PRIVATE} (${quoteText(longest)})`;
  return tags.includes(PRIVATE) ? PRIVATE : listed(tags);
}

function withoutScope(tag: string): string {
  const colon = tag.indexOf(":");
  return colon > 0 ? tag.slice(0, colon) : tag;
}

function listed(tags: readonly string[]): string {
  if (tags.length === 0) return "none";
  const shown = tags.slice(0, MAX_LISTED).map(quoteText).join(", ");
  return tags.length > MAX_LISTED ? `${shown} and ${tags.length - MAX_LISTED} more` : shown;
}
