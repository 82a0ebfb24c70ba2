/** Secrecy and integrity tags. Tags are opaque, compared byte by byte. */
export interface Labels {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** Labels of a thing that a guard may describe to people. */
export interface DescribedLabels extends Labels {
  readonly description?: string;
}

/** How strictly the monitor treats violations (spec 3.3). */
export type DifcMode = "strict" | "filter" | "propagate";

/** What a call does to its resource. */
export type ResourceOperation = "read" | "write" | "read-write";

/** What `label_agent` says (spec 2.3). Tags are trimmed, blank ones dropped. */
export interface AgentLabels {
  readonly agent: Labels;
  readonly mode: DifcMode;
  /** The policy as the guard understood it, when the guard tells. */
  readonly normalizedPolicy?: Readonly<Record<string, unknown>>;
}

/** What `label_resource` says (spec 2.4). */
export interface ResourceLabels {
  readonly resource: DescribedLabels;
  /** "write" when the guard names none. */
  readonly operation: ResourceOperation;
}

/** Labels of what stands at a JSON pointer of the response. */
export interface PathLabels {
  readonly path: string;
  readonly labels: DescribedLabels;
}

/** What `label_response` says (spec 2.5). */
export type ResponseLabels =
  /** Nothing finer than the labels of the resource, which the whole response carries. */
  | { readonly kind: "unlabeled" }
  /** Labels of items, each found by its JSON pointer. */
  | {
      readonly kind: "paths";
      readonly paths: readonly PathLabels[];
      /** For items without an entry of their own. */
      readonly defaults?: DescribedLabels;
      /** JSON pointer of the array whose elements are the items. */
      readonly itemsPath?: string;
    }
  /**
   * Labels of items by position, the older format. An item without labels carries those of the resource. The copies of
   * the items that guards send along are not passed on: only the backend's own are to be delivered.
   */
  | { readonly kind: "items"; readonly items: readonly { readonly labels?: DescribedLabels }[] };

/** A tool call, in the shape of the MCP SDK. */
export interface ToolCall {
  readonly name: string;
  readonly arguments?: Record<string, unknown> | undefined;
}
