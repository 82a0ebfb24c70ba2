/** One section of a module as it stands there, its id and size included. */
export interface RawSection {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** The sections of a valid module, without any of the package's own code. */
export function rawSections(module: Uint8Array): RawSection[] {
  const sections: RawSection[] = [];
  for (let start = 8; start < module.length; ) {
    let at = start + 1;
    let size = 0;
    let shift = 0;
    do {
      size += ((module[at] as number) & 0x7f) << shift;
      shift += 7;
    } while ((module[at++] as number) >= 0x80);
    sections.push({ id: module[start] as number, bytes: module.slice(start, at + size) });
    start = at + size;
  }
  return sections;
}
