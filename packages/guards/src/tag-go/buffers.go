package main

const (
	// The host allows 32 MiB. What its buffers leave of it is for the runtime, the policy, and the text of a response.
	maxBufferBytes = 16 << 20

	// A response is held three times while its text is read.
	maxInputBytes = 4 << 20

	// What hosts take for an output at first.
	usualOutputBytes = 4 << 20

	// Making a large buffer takes longer than labelling a small response.
	largeBufferBytes = 1 << 20
)

var (
	// Buffers that the host has, which the garbage collector would not know of otherwise.
	buffers     = map[*byte][]byte{}
	bufferBytes uint32

	// A large buffer that the host gave back: the next one nearly always has the same size.
	spare []byte
)

// An out-of-memory condition ends a Go program, so a buffer that may not fit is refused.
//
//go:wasmexport alloc
func alloc(size uint32) *byte {
	length := max(size, 1)
	if length > maxBufferBytes-bufferBytes {
		return nil
	}
	buffer := makeBuffer(length)
	buffers[&buffer[0]] = buffer
	bufferBytes += length
	return &buffer[0]
}

func makeBuffer(length uint32) []byte {
	if length >= largeBufferBytes {
		buffer := spare
		spare = nil
		if uint32(len(buffer)) == length {
			return buffer
		}
	}
	collectBefore(length)
	return make([]byte, length)
}

// The map knows the size.
//
//go:wasmexport dealloc
func dealloc(pointer *byte, _ uint32) {
	buffer := buffers[pointer]
	delete(buffers, pointer)
	bufferBytes -= uint32(len(buffer))
	if len(buffer) >= largeBufferBytes {
		spare = buffer
	}
}
