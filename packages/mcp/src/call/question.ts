import type { AdmittedCall, Monitor } from "@guardhost/difc";
import { refusalOf } from "./refusal.js";

/**
 * Decides whether a server may ask something about a request that was admitted: the agent reads the question, and writes the
 * answer to what the request is about. Throws a Refusal.
 */
export async function admitQuestion(
  monitor: Monitor,
  { agent, tool, resource, mode }: AdmittedCall,
): Promise<AdmittedCall> {
  const operation = "read-write";
  const question = await monitor.before({ agent, tool, resource, operation, mode, format: "document" });
  if (!question.isAdmitted) throw refusalOf(question.denial);
  return question;
}
