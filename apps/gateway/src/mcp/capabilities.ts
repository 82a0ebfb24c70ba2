import type { GuardedMethod } from "@guardhost/mcp";

/**
 * What a gateway announces in front of servers that can do `own`; undefined for servers that cannot be asked. Resources,
 * prompts and completions are there only if a guard judges them.
 */
export function announced(
  own: ReadonlySet<string> | undefined,
  understands: (method: GuardedMethod) => boolean,
): Record<string, object> {
  const has = (name: string) => own === undefined || own.has(name);
  return {
    ...(has("tools") ? { tools: { listChanged: true } } : {}),
    ...(has("resources") && understands("resources/read")
      ? { resources: { subscribe: true, listChanged: true } }
      : {}),
    ...(has("prompts") && understands("prompts/get") ? { prompts: { listChanged: true } } : {}),
    ...(has("completions") && understands("completion/complete") ? { completions: {} } : {}),
    ...(has("logging") ? { logging: {} } : {}),
  };
}
