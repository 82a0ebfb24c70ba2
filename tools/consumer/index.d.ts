/** An empty ESM project with packages installed from their tarballs, as their users have it. */
export interface Consumer {
  readonly folder: string;
  write(name: string, content: string): Promise<void>;
  /** Runs an executable in the project. Rejects, with what it printed, when it fails. */
  run(command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

/** What is installed in a {@link Consumer}. */
export interface ConsumerOptions {
  /** Folders of packages of this repository, relative to its root. They must have been built. */
  readonly folders: readonly string[];
  /** Packages of the registry beside them, as npm's command line names them. */
  readonly dependencies?: readonly string[];
}

/** Packs packages, and installs the tarballs with npm in a temporary project. Rejects when one could not be packed. */
export declare function createConsumer(options: ConsumerOptions): Promise<Consumer>;

/** The project that {@link createConsumer} has made in `folder`, for another process. */
export declare function consumerAt(folder: string): Consumer;
