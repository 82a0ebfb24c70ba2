import type { McpNotification, McpRequest, McpResult } from "../protocol/messages.js";

/** Takes results as they are: what a server has said is the monitor's to judge, and no schema's to change. */
export const anyResult: {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: McpResult };
  };
} = {
  "~standard": { version: 1, vendor: "guardhost", validate: (value) => ({ value: value as McpResult }) },
};

/** Options of a request that are used. */
export interface SdkRequestOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly resetTimeoutOnProgress?: boolean;
  readonly allowInputRequired?: boolean;
  readonly onprogress?: (progress: { progress: number; total?: number; message?: string }) => void;
}

/** The part that is used of a `Client` of `@modelcontextprotocol/client` 2. */
export interface SdkClient {
  request(
    request: SdkRequest,
    resultSchema: typeof anyResult,
    options?: SdkRequestOptions,
  ): Promise<McpResult>;
  notification(notification: SdkNotification): Promise<void>;
  fallbackRequestHandler?(request: McpRequest, context: unknown): Promise<McpResult>;
  fallbackNotificationHandler?(notification: McpNotification): Promise<void>;
}

/** The part that is used of a `Server` of `@modelcontextprotocol/server` 2. */
export interface SdkServer {
  notification(notification: SdkNotification): Promise<void>;
  fallbackRequestHandler?(request: McpRequest, context: SdkServerContext): Promise<McpResult>;
  fallbackNotificationHandler?(notification: McpNotification): Promise<void>;
}

/** What a server is told of a request, beside the request. */
export interface SdkServerContext {
  readonly mcpReq: {
    readonly signal: AbortSignal;
    /** What the SDK has taken out of the request's parameters. */
    readonly inputResponses?: Record<string, unknown>;
    requestState(): unknown;
    notify(notification: SdkNotification): Promise<void>;
    send(
      request: SdkRequest,
      resultSchema: typeof anyResult,
      options?: SdkRequestOptions,
    ): Promise<McpResult>;
  };
}

/** A request in the SDK's own shape. */
export interface SdkRequest {
  method: string;
  params?: Record<string, unknown>;
}

/** A notification in the SDK's own shape. */
export interface SdkNotification {
  method: string;
  params?: Record<string, unknown>;
}

/** A message in the SDK's own shape, which is not readonly. */
export function toSdk({ method, params }: McpRequest | McpNotification): SdkRequest {
  return params === undefined ? { method } : { method, params: { ...params } };
}
