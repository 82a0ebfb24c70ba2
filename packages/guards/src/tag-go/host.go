package main

import (
	"encoding/binary"
	"unsafe"
)

const (
	levelError = 3

	// backendTooSmall says that the result does not fit; its first four bytes hold the size that it needs.
	backendTooSmall = -2

	// Where results fit at once, as they nearly always do, and what is the most.
	firstResultBytes = 64 << 10
	maxResultBytes   = 1 << 20
)

//go:wasmimport env call_backend
func hostCallBackend(name unsafe.Pointer, nameLength uint32, args unsafe.Pointer, argsLength uint32,
	result unsafe.Pointer, capacity uint32) int32

//go:wasmimport env host_log
func hostLog(level int32, message unsafe.Pointer, length uint32)

func logError(message string) {
	hostLog(levelError, unsafe.Pointer(unsafe.StringData(message)), uint32(len(message)))
}

// Used again by every call, so that it does not become garbage.
var firstResult = make([]byte, firstResultBytes)

// callBackend calls a tool, a second time when its result needs more room. The next call overwrites the result.
func callBackend(tool string, args []byte) ([]byte, error) {
	result := firstResult
	length := callBackendInto(result, tool, args)
	if length == backendTooSmall {
		needed := binary.LittleEndian.Uint32(result)
		if needed <= firstResultBytes || needed > maxResultBytes {
			return nil, &failure{answerBackendFailed, "visibility: the backend's answer is larger than 1 MiB"}
		}
		result = make([]byte, needed)
		length = callBackendInto(result, tool, args)
	}
	if length < 0 {
		return nil, &failure{answerBackendFailed, "visibility: the backend did not answer"}
	}
	return result[:length], nil
}

func callBackendInto(result []byte, tool string, args []byte) int32 {
	return hostCallBackend(
		unsafe.Pointer(unsafe.StringData(tool)), uint32(len(tool)),
		unsafe.Pointer(unsafe.SliceData(args)), uint32(len(args)),
		unsafe.Pointer(unsafe.SliceData(result)), uint32(len(result)))
}
