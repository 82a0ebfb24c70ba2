// Builds dist/tag-c.wasm, dist/tag-c-rules-file.wasm and dist/tag-go.wasm where the tool chain of each is installed. Where it is not, removes what
// an earlier build left, so that nobody tests a stale guard, and says what to install. A failing compiler is an error.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} ToolChain
 * @property {string} name of the guard: its folder in src, and its file in dist
 * @property {() => string | undefined} missing what is not installed
 * @property {(output: string) => Command} compile
 *
 * @typedef {object} Command
 * @property {string} program
 * @property {string[]} args
 * @property {string} cwd
 * @property {Record<string, string>} [env]
 */

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const SYSROOT = process.env.WASI_SYSROOT ?? "/usr";
const DEBIAN_PACKAGES = "on Debian: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32";

/**
 * A guard in C.
 * @param {string} name
 * @param {(common: string[]) => string[]} sourcesOf its sources, from those of tag-c
 * @returns {ToolChain}
 */
function inC(name, sourcesOf) {
  return {
    name,
    missing() {
      for (const program of ["clang", "wasm-ld"]) {
        if (outputOf(program, ["--version"]) === undefined) return `${program} (${DEBIAN_PACKAGES})`;
      }
      const headers = `${SYSROOT}/include/wasm32-wasi`;
      if (!existsSync(headers))
        return `wasi-libc, looked for ${headers} (${DEBIAN_PACKAGES}, or set WASI_SYSROOT)`;
      const builtins = outputOf("clang", ["--target=wasm32-wasi", "--print-libgcc-file-name"]);
      return builtins !== undefined && existsSync(builtins) ? undefined : `${builtins} (${DEBIAN_PACKAGES})`;
    },
    compile(output) {
      const cwd = sourceOf("tag-c");
      const sources = sourcesOf(
        readdirSync(cwd)
          .filter((file) => file.endsWith(".c"))
          .sort(),
      );
      const target = ["--target=wasm32-wasi", `--sysroot=${SYSROOT}`, "-mexec-model=reactor"];
      const language = ["-std=c11", "-pedantic", "-Wall", "-Wextra", "-Werror", "-I."];
      // The stack lies below the data: overflowing it traps instead of overwriting the policy.
      const linker = "-Wl,--strip-all,--stack-first,-z,stack-size=131072";
      return {
        program: "clang",
        args: [...target, ...language, "-O2", "-flto", linker, "-o", output, ...sources],
        cwd,
      };
    },
  };
}

const LABEL_AGENT = "label-agent.c";
const c = inC("tag-c", (common) => common);
const cWithRulesFile = inC("tag-c-rules-file", (common) => [
  ...common.filter((file) => file !== LABEL_AGENT),
  `../tag-c-rules-file/${LABEL_AGENT}`,
]);

/** @type {ToolChain} */
const go = {
  name: "tag-go",
  missing() {
    const version = outputOf("go", ["env", "GOVERSION"]);
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version ?? "") ?? [];
    if (major === undefined) return "Go 1.24 or newer";
    const isNewEnough = Number(major) > 1 || Number(minor) >= 24;
    return isNewEnough ? undefined : `Go 1.24 or newer, this is ${version}`;
  },
  compile(output) {
    const flags = ["-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
    return {
      program: "go",
      args: ["build", ...flags, "-o", output, "."],
      cwd: sourceOf("tag-go"),
      // Nothing is fetched: there are no dependencies, and the compiler is the one that is installed.
      env: {
        GOOS: "wasip1",
        GOARCH: "wasm",
        GOFLAGS: "",
        GOWORK: "off",
        GOPROXY: "off",
        GOTOOLCHAIN: "local",
      },
    };
  },
};

/** @param {string} guard */
function sourceOf(guard) {
  return fileURLToPath(new URL(`../src/${guard}/`, import.meta.url));
}

/**
 * What a program prints, or undefined when it is not there or fails.
 * @param {string} program
 * @param {string[]} args
 */
function outputOf(program, args) {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {ToolChain} toolChain
 * @returns {boolean} false when the compiler failed
 */
function build({ name, missing, compile }) {
  const file = `${DIST}${name}.wasm`;
  const partial = `${file}.partial`;
  const lacking = missing();
  if (lacking !== undefined) {
    rmSync(file, { force: true });
    console.log(`${name}.wasm is not built: ${lacking} is missing`);
    return true;
  }
  const { program, args, cwd, env } = compile(partial);
  const { status, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  if (status === 0) {
    renameSync(partial, file);
    console.log(`${name}.wasm: ${statSync(file).size} bytes`);
    return true;
  }
  rmSync(partial, { force: true });
  rmSync(file, { force: true });
  console.log(`${name}.wasm is not built: ${program} failed (${error?.message ?? `exit code ${status}`})`);
  return false;
}

mkdirSync(DIST, { recursive: true });
const built = [c, cWithRulesFile, go].map(build);
if (built.includes(false)) process.exitCode = 1;
