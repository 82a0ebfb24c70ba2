import { JsonWriter } from "./json-writer";
import { Label } from "./label";
import { Policy } from "./policy";

/** Writes the two members that every labelled object of the ABI has, without braces around them. */
export function writeTagLists(writer: JsonWriter, policy: Policy, label: Label): void {
  writer.raw('"secrecy":');
  policy.secrecyTags.write(writer, label.secrecy);
  writer.raw(',"integrity":');
  policy.integrityTags.write(writer, label.integrity);
}
