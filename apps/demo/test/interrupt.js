import { subscribe } from "node:diagnostics_channel";

// Preloaded into the demo: interrupts it once it has sent its server the request named in INTERRUPT_AT.
subscribe("child_process", ({ process: child }) => {
  // The child gets its streams only after this event.
  process.nextTick(() => {
    const { stdin } = child;
    const { write } = stdin;
    stdin.write = (chunk, ...rest) => {
      const written = write.call(stdin, chunk, ...rest);
      if (String(chunk).includes(`"${process.env.INTERRUPT_AT}"`)) process.kill(process.pid, "SIGINT");
      return written;
    };
  });
});
