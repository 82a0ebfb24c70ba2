/** Between the name of a server and what it calls a tool or prompt. No server has it in its name. */
const SEPARATOR = "___";

/** What one server of several has under a name. */
export interface Owned {
  readonly server: string;
  readonly name: string;
}

/** The name under which clients of several servers know a tool or prompt of one. */
export function joinName({ server, name }: Owned): string {
  return `${server}${SEPARATOR}${name}`;
}

/** What {@link joinName} has joined; undefined for what it has not. */
export function splitName(joined: string): Owned | undefined {
  const at = joined.indexOf(SEPARATOR);
  return at < 1 ? undefined : { server: joined.slice(0, at), name: joined.slice(at + SEPARATOR.length) };
}

const SCHEME = "gateway:";

/**
 * The URI under which clients of several servers know a resource of one, or a template. The server's own stands at its
 * end as it is, so that what is between braces in a template stays that.
 */
export function joinUri({ server, name }: Owned): string {
  return `${SCHEME}${server}/${name}`;
}

/** What {@link joinUri} has joined; undefined for what it has not. */
export function splitUri(joined: string): Owned | undefined {
  const at = joined.indexOf("/");
  if (!joined.startsWith(SCHEME) || at <= SCHEME.length) return undefined;
  return { server: joined.slice(SCHEME.length, at), name: joined.slice(at + 1) };
}
