package main

import (
	"encoding/binary"
	"math"
)

// A writer fills a buffer of fixed size and counts what does not fit, so that one pass tells the size it needs.
type writer struct {
	bytes  []byte
	length uint64
}

func (w *writer) write(part []byte) {
	if w.length+uint64(len(part)) <= uint64(len(w.bytes)) {
		copy(w.bytes[w.length:], part)
	}
	w.length += uint64(len(part))
}

// answer is the length of what was written, or -2 with the size it needs in the buffer.
func (w *writer) answer() int32 {
	if w.length <= uint64(len(w.bytes)) {
		return int32(w.length)
	}
	if len(w.bytes) >= 4 {
		binary.LittleEndian.PutUint32(w.bytes, uint32(min(w.length, math.MaxUint32)))
	}
	return answerTooLarge
}
