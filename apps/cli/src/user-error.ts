/** Something that the person at the terminal can put right. Its message is all there is to say. */
export class UserError extends Error {
  override readonly name = "UserError";
}
