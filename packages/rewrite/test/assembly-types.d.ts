// The numbers of AssemblyScript, for the files of the kernel that tests read as TypeScript.

type i32 = number;
type u32 = number;
