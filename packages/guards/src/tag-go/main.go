// Command tag-guard is a guard that takes its labels from lists. ../tag-guards.md describes its policy and its answers.
package main

import (
	"errors"
	"unsafe"
)

// A reactor has no work of its own.
func main() {}

//go:wasmexport label_agent
func labelAgent(input *byte, inputLength uint32, output *byte, capacity uint32) int32 {
	return answer(input, inputLength, output, capacity, writeAgent)
}

//go:wasmexport label_resource
func labelResource(input *byte, inputLength uint32, output *byte, capacity uint32) int32 {
	return answer(input, inputLength, output, capacity, writeResource)
}

//go:wasmexport label_response
func labelResponse(input *byte, inputLength uint32, output *byte, capacity uint32) int32 {
	return answer(input, inputLength, output, capacity, writeResponse)
}

func answer(input *byte, inputLength uint32, output *byte, capacity uint32, write func([]byte, *writer) error) int32 {
	// Here and not in the next alloc, for which hosts have little patience.
	defer collectBefore(usualOutputBytes)
	w := &writer{bytes: unsafe.Slice(output, capacity)}
	err := error(&failure{answerNoMemory, "input: it is larger than 4 MiB"})
	if inputLength <= maxInputBytes {
		err = write(unsafe.Slice(input, inputLength), w)
	}
	if err == nil {
		return w.answer()
	}
	var failed *failure
	if !errors.As(err, &failed) {
		failed = &failure{answerFailed, "answer: it cannot be encoded"}
	}
	logError(failed.message)
	return failed.answer
}
