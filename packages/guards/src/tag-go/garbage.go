package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Garbage is collected when the heap would grow beyond this.
const heapGoalBytes = 12 << 20

var heapSample = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}

// The collector that runs by itself works in goroutines. A reactor leaves them no time between two calls, so that it
// stays in the middle of a cycle while the heap grows without end. One that is waited for comes to its end.
func init() {
	debug.SetGCPercent(-1)
}

// collectBefore makes room for an allocation.
func collectBefore(bytes uint32) {
	metrics.Read(heapSample)
	if heapSample[0].Value.Uint64()+uint64(bytes) > heapGoalBytes {
		runtime.GC()
	}
}
